/** Whether the page is as narrow as a phone. */
import { useEffect, useState } from "preact/hooks";

export function usePhone(): boolean {
  const [query] = useState(() => matchMedia("(max-width: 640px)"));
  const [isPhone, set] = useState(query.matches);
  useEffect(() => {
    const look = () => set(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, [query]);
  return isPhone;
}
