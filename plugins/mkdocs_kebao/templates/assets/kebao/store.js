/* What readers chose, kept in their browser. Needs data.js. */
(() => {
  "use strict";
  const Kebao = window.Kebao, memory = {};

  /** A place in the browser's storage. `get()` gives undefined when there is nothing; `set(value)` tells
      whether the value will outlast the page: storage may be full, forbidden or hold another's rubbish. */
  Kebao.store = (key) => {
    const name = `kebao.${key}`;
    return {
      get() {
        if (name in memory) { return memory[name]; }
        try {
          const text = localStorage.getItem(name);
          return text === null ? undefined : JSON.parse(text);
        } catch (error) { return undefined; }
      },
      set(value) {
        try {
          localStorage.setItem(name, JSON.stringify(value));
          delete memory[name];
          return true;
        } catch (error) {
          memory[name] = value;
          return false;
        }
      }
    };
  };
})();
