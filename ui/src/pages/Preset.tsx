/** Not here yet. */
export default function Preset() {
  return null;
}
