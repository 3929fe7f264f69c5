/** Not here yet. */
export default function Logs() {
  return null;
}
