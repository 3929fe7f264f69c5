/** The canvas of a chart: made anew when its lines or the colours change, fed when its points do. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Asked, Drawing, Shown, Told } from "../chart/draw";
import { onTheme } from "../theme";

const load = () => import("../chart/draw");

export function Plot({ asked, shown, ...told }: { asked: Asked; shown: Shown } & Told) {
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const latest = useRef({ shown, told });
  latest.current = { shown, told };
  const [look, relook] = useState(0);
  useEffect(() => onTheme(() => relook((count) => count + 1)), []);
  useEffect(() => {
    let isGone = false;
    void load().then(({ Drawing }) => {
      if (isGone || box.current === null) return;
      drawing.current = new Drawing(box.current, asked, {
        onCursor: (place) => latest.current.told.onCursor(place),
        onZoom: (span) => latest.current.told.onZoom(span),
        onBack: () => latest.current.told.onBack(),
      }, latest.current.shown);
    });
    return () => {
      isGone = true;
      drawing.current?.destroy();
      drawing.current = null;
    };
  }, [JSON.stringify(asked), look]);
  useEffect(() => drawing.current?.show(shown), [shown.points, shown.marks, shown.span.fromS, shown.span.toS]);
  return <div ref={box} class="plot" style={{ blockSize: `${asked.height}px` }} />;
}
