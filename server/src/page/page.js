"use strict";
(() => {
  const show = () => {
    const fragment = location.hash.slice(1);
    const whole = /^[A-Za-z0-9_-]{60,4096}$/.test(fragment);
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
