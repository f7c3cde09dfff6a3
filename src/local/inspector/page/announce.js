let lastAt = 0;

/** Tells something to who does not see the page, no oftener than every three seconds. @param {string} text */
export function announce(text) {
  const now = performance.now();
  if (now - lastAt < 3000 && lastAt !== 0) return;
  lastAt = now;
  const announcer = document.querySelector('#announcer');
  if (announcer) announcer.textContent = text;
}
