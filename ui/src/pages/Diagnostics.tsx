/** Not here yet. */
export default function Diagnostics() {
  return null;
}
