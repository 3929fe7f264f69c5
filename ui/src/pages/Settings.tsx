/** Not here yet. */
export default function Settings() {
  return null;
}
