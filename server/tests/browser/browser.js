// A small browser for the server's page: it has what that page may use, and ends with an error when the page wants anything else. There
// is nothing in it that asks a server, keeps, or opens by itself; so a page that does its work here does it without.
//
//     {page, policy, address, scripts, steps} on standard input
//       -> the page is read, its style and script are compared with the policy, the script runs, the steps are taken
//       -> [{text, links, fields}], what is to be seen at first and after each step, on standard output
"use strict";
const { createHash } = require("node:crypto");
const vm = require("node:vm");

const EMPTY = new Set(["meta", "input", "br"]);
const RAW = new Set(["style", "script"]);
const ELEMENTS = new Set(["html", "head", "meta", "title", "style", "script", "noscript", "body", "main", "section", "h1", "h2", "p", "a",
  "label", "input", "code"]);
const ATTRIBUTES = new Set(["lang", "charset", "name", "content", "id", "class", "href", "rel", "hidden", "for", "type", "readonly",
  "spellcheck", "autocomplete", "aria-labelledby"]);
const CHARACTERS = { amp: "&", lt: "<", gt: ">", quot: "\"" };

function fail(words) {
  throw new Error(words);
}

function decoded(text) {
  return text.replace(/&([^;\s]*);?/g, (whole, name) => CHARACTERS[name] ?? fail(`${whole} is no character that this browser knows`));
}

/** The tree of elements; strict, where a browser guesses. */
function parsed(page) {
  const root = { name: "", attributes: {}, children: [] };
  const open = [root];
  const tag = /<!doctype html>|<(\/?)([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)>|([^<]+)/y;
  while (tag.lastIndex < page.length) {
    const at = tag.lastIndex;
    const found = tag.exec(page) ?? fail(`not understood: ${page.slice(at, at + 60)}`);
    const [, end, name, attributes, text] = found;
    const parent = open.at(-1);
    if (text !== undefined) {
      parent.children.push(decoded(text));
    } else if (end) {
      if (open.pop().name !== name) fail(`</${name}> ends nothing`);
    } else if (name !== undefined) {
      if (!ELEMENTS.has(name)) fail(`<${name}> may load something, or is not known here`);
      const element = { name, attributes: {}, children: [], listeners: {}, selected: false };
      for (const [, key, value] of attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)) {
        if (!ATTRIBUTES.has(key)) fail(`${key} may load or run something, or is not known here`);
        element.attributes[key] = decoded(value ?? "");
      }
      parent.children.push(element);
      if (RAW.has(name)) {
        const rest = page.slice(tag.lastIndex);
        const length = rest.indexOf(`</${name}>`);
        if (length < 0) fail(`<${name}> has no end`);
        element.raw = rest.slice(0, length);
        tag.lastIndex += length + name.length + 3;
      } else if (!EMPTY.has(name)) {
        open.push(element);
      }
    }
  }
  if (open.length !== 1) fail(`<${open.at(-1).name}> has no end`);
  return root;
}

function* all(element) {
  for (const child of element.children) {
    if (typeof child === "string") continue;
    yield child;
    yield* all(child);
  }
}

/** Whether the policy lets an inline part be. */
function allowed(policy, kind, part) {
  const rules = Object.fromEntries(policy.split(";").map((rule) => {
    const [name, ...values] = rule.trim().split(/\s+/);
    return [name, values];
  }));
  if (String(rules["default-src"]) !== "'none'") fail("the policy lets the page load something");
  const hash = createHash("sha256").update(part).digest("base64");
  return (rules[kind] ?? []).includes(`'sha256-${hash}'`);
}

/** An object of which the page sees these members, and none else. */
function only(what, members) {
  const refuse = (_, name) => fail(`the page wants ${what}.${String(name)}`);
  return new Proxy(members, {
    get: (target, name) => (Object.hasOwn(target, name) ? target[name] : refuse(target, name)),
    set: (target, name, value) => {
      const member = Object.getOwnPropertyDescriptor(target, name);
      if (!member?.set) refuse(target, name);
      target[name] = value;
      return true;
    },
    defineProperty: refuse,
    deleteProperty: refuse,
  });
}

/** What a script sees of an element. */
function face(element) {
  const { attributes } = element;
  return only(`<${element.name}>`, {
    get hidden() {
      return "hidden" in attributes;
    },
    set hidden(hidden) {
      if (hidden) attributes.hidden = "";
      else delete attributes.hidden;
    },
    get value() {
      return element.value ?? "";
    },
    set value(value) {
      if (element.name !== "input") fail(`<${element.name}> has no value`);
      element.value = String(value);
    },
    setAttribute(name, value) {
      if (element.name !== "a" || name !== "href") fail(`the page sets ${name} of <${element.name}>`);
      attributes[name] = String(value);
    },
    addEventListener(kind, listener) {
      (element.listeners[kind] ??= []).push(listener);
    },
    select() {
      element.selected = true;
    },
  });
}

/** What is to be seen. */
function shown(root, scripts) {
  const seen = { text: "", links: [], fields: [] };
  const walk = (element) => {
    if (typeof element === "string") {
      seen.text += element;
      return;
    }
    const { name, attributes } = element;
    if ("hidden" in attributes || name === "head" || RAW.has(name) || (name === "noscript" && scripts)) return;
    if (name === "a") {
      const text = element.children.join("");
      seen.links.push({ text, address: attributes.href });
    }
    if (name === "input") seen.fields.push({ value: element.value ?? "", selected: element.selected });
    element.children.forEach(walk);
  };
  walk(root);
  seen.text = seen.text.replace(/\s+/g, " ").trim();
  return seen;
}

/** Names lead somewhere. */
function named(root) {
  const ids = new Set([...all(root)].map(({ attributes }) => attributes.id).filter(Boolean));
  const labels = new Set([...all(root)].map(({ attributes }) => attributes.for).filter(Boolean));
  for (const { name, attributes } of all(root)) {
    for (const key of ["for", "aria-labelledby"]) {
      if (attributes[key] && !ids.has(attributes[key])) fail(`${key} of <${name}> names nothing`);
    }
    if (name === "input" && !labels.has(attributes.id)) fail("a field has no name");
  }
}

function main({ page, policy, address, scripts, steps }) {
  const root = parsed(page);
  named(root);
  const url = new URL(address);
  const listeners = [];
  const elements = [...all(root)];
  const element = (id) => elements.find(({ attributes }) => attributes.id === id);
  const world = {
    document: only("document", { getElementById: (id) => face(element(id) ?? fail(`nothing is called ${id}`)) }),
    location: only("location", {
      get hash() {
        return url.hash;
      },
      get hostname() {
        return url.hostname;
      },
      get port() {
        return url.port;
      },
      get protocol() {
        return url.protocol;
      },
    }),
    addEventListener: (kind, listener) => (kind === "hashchange" ? listeners.push(listener) : fail(`the page waits for ${kind}`)),
    atob,
  };
  for (const { name, raw } of elements) {
    if (RAW.has(name) && !allowed(policy, `${name}-src`, raw)) fail(`the policy forbids the page's ${name}`);
  }
  if (scripts) {
    for (const [name, value] of Object.entries(world)) {
      Object.defineProperty(world, name, { get: () => value, set: () => fail(`the page sets ${name}`) });
    }
    const context = vm.createContext(world, { codeGeneration: { strings: false, wasm: false } });
    elements.filter(({ name }) => name === "script").forEach(({ raw }) => vm.runInContext(raw, context, { timeout: 10_000 }));
  }
  const seen = [shown(root, scripts)];
  for (const { fragment, focus } of steps) {
    if (fragment !== undefined) {
      url.hash = fragment;
      listeners.forEach((listener) => listener(only("the event", {})));
    } else {
      const target = element(focus) ?? fail(`nothing is called ${focus}`);
      (target.listeners.focus ?? []).forEach((listener) => listener(only("the event", { target: face(target) })));
    }
    seen.push(shown(root, scripts));
  }
  process.stdout.write(JSON.stringify(seen));
}

let input = "";
process.stdin.setEncoding("utf8").on("data", (part) => (input += part)).on("end", () => main(JSON.parse(input)));
