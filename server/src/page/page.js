"use strict";
(() => {
  // Whether nothing is missing: what stands in an invitation is CBOR, which says of each part how long it is.
  const isWhole = (fragment) => {
    if (!/^[A-Za-z0-9_-]{60,4096}$/.test(fragment) || fragment.length % 4 === 1) return false;
    const bytes = atob(fragment.replace(/-/g, "+").replace(/_/g, "/"));
    let at = 0;
    for (let parts = 1; parts > 0; parts -= 1) {
      // Behind the end there is no number, and no comparison with that is true.
      const head = bytes.charCodeAt(at);
      const kind = head >> 5;
      let length = head & 31;
      at += 1;
      if (length >= 24) {
        let more = 1 << (length - 24);
        length = 0;
        for (; more > 0; more -= 1) {
          length = length * 256 + bytes.charCodeAt(at);
          at += 1;
        }
      }
      if (kind === 2 || kind === 3) at += length;
      else if (kind === 4) parts += length;
      else if (kind !== 0) return false;
      if (!(at <= bytes.length)) return false;
    }
    return at === bytes.length;
  };
  const show = () => {
    const fragment = location.hash.slice(1);
    const whole = isWhole(fragment);
    const port = location.port || (location.protocol === "https:" ? "443" : "80");
    const link = "dialtone://" + location.hostname + ":" + port + "/#" + fragment;
    document.getElementById("invitation").hidden = !whole;
    document.getElementById("broken").hidden = whole || fragment === "";
    document.getElementById("open").setAttribute("href", whole ? link : "#");
    document.getElementById("link").value = whole ? link : "";
  };
  document.getElementById("link").addEventListener("focus", (event) => event.target.select());
  addEventListener("hashchange", show);
  show();
})();
