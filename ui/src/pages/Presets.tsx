/** Not here yet. */
export default function Presets() {
  return null;
}
