/** For people: `17,119`, `1.68`, `0.048`. */
export function show(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}

/** `0.62×`, `17×`; `∞` to what did nothing. */
export function showRatio(value: number): string {
  if (value === Infinity) return '∞';
  return `${value >= 10 ? show(Math.round(value)) : value.toFixed(2)}×`;
}
