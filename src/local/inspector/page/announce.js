const everyMs = 1500;
let next = '';
let lastAt = -Infinity;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Tells something to who does not see the page: at once, or the newest of what there is every now and then. @param {string} text */
export function announce(text) {
  next = text;
  timer ??= setTimeout(
    () => {
      timer = undefined;
      lastAt = performance.now();
      const announcer = document.querySelector('#announcer');
      if (announcer) announcer.textContent = next;
    },
    Math.max(0, lastAt + everyMs - performance.now()),
  );
}
