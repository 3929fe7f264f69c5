/** Not here yet. */
export default function Events() {
  return null;
}
