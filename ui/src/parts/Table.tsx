/** A virtual table after the grid pattern: one tab stop, arrow keys, at most 120 rows in the document however many there are. */
import { Component, type ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../t";
import { type GridKeys, useGridKeys } from "./gridKeys";

export interface TableColumn<Row> {
  readonly key: string;
  readonly label: string;
  readonly width: number;
  readonly isNumber?: boolean;
  readonly canSort?: boolean;
  readonly cell: (row: Row, nowMs: number) => ComponentChildren;
}

export interface TableSort {
  readonly key: string;
  readonly isFalling: boolean;
}

export interface TableProps<Row> extends GridKeys {
  readonly label: string;
  /** In the order shown. The rows themselves are asked for only where they are drawn. */
  readonly keys: readonly string[];
  readonly row: (key: string) => Row | undefined;
  readonly columns: readonly TableColumn<Row>[];
  readonly rowHeight: number;
  readonly nowMs: number;
  readonly sort: TableSort | null;
  readonly onSort: (key: string) => void;
  readonly selected: ReadonlySet<string>;
  readonly rowClass?: (row: Row) => string;
  readonly onPoint?: (isPointed: boolean) => void;
  readonly hasHead?: boolean;
}

const BEYOND = 6;
const MOST_ROWS = 110;
const CHECK_WIDTH = 40;

export function Table<Row>(props: TableProps<Row>) {
  const { keys, columns, rowHeight, selected } = props;
  const box = useRef<HTMLDivElement>(null);
  const { first, count } = useWindow(box, keys.length, rowHeight);
  const { active, onKeyDown, setActive } = useGridKeys(box, props, rowHeight);
  const width = columns.reduce((sum, column) => sum + column.width, CHECK_WIDTH);
  const template = `${CHECK_WIDTH}px ${columns.map((column) => `minmax(${column.width}px, ${column.width}fr)`).join(" ")}`;
  const drawn = keys.slice(first, first + count);
  return (
    <div
      ref={box} class="table" role="grid" tabIndex={0} aria-label={props.label} aria-rowcount={keys.length + 1} aria-multiselectable="true"
      aria-activedescendant={active !== null && drawn.includes(active) ? rowId(active) : undefined} onKeyDown={onKeyDown}
    >
      <div class="table-body" style={{ minWidth: `${width}px`, "--columns": template }}>
        <Head {...props} />
        <div role="rowgroup" class="table-rows" style={{ height: `${keys.length * rowHeight}px` }} onPointerEnter={() => props.onPoint?.(true)} onPointerLeave={() => props.onPoint?.(false)}>
          {drawn.map((key, place) => {
            const row = props.row(key);
            return row === undefined ? null : (
              <Line
                key={key} id={key} row={row} place={first + place} height={rowHeight} columns={columns} nowMs={props.nowMs} isSelected={selected.has(key)}
                isActive={key === active} extra={props.rowClass?.(row) ?? ""} onToggle={props.onToggle} onOpen={props.onOpen} onActive={setActive}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

const rowId = (key: string): string => `row-${key}`;

function Head<Row>({ keys, columns, sort, onSort, selected, onToggleAll, hasHead = true }: TableProps<Row>) {
  const all = useRef<HTMLInputElement>(null);
  const isAll = keys.length > 0 && selected.size >= keys.length;
  useLayoutEffect(() => {
    if (all.current) all.current.indeterminate = selected.size > 0 && !isAll;
  });
  return (
    <div role="rowgroup" class={hasHead ? "table-head" : "table-head table-head-small"}>
      <div role="row" class="table-row" aria-rowindex={1}>
        <div role="columnheader" class="cell cell-check">
          <label class="check"><input ref={all} type="checkbox" tabIndex={-1} checked={isAll} onChange={onToggleAll} aria-label={t("table.all")} /></label>
        </div>
        {columns.map((column) => {
          const isSorted = sort?.key === column.key;
          return (
            <div key={column.key} role="columnheader" class={column.isNumber ? "cell cell-number" : "cell"} aria-sort={isSorted ? (sort.isFalling ? "descending" : "ascending") : undefined}>
              {column.canSort === false ? <span class="sort is-still">{column.label}</span> : (
                <button type="button" class="sort" tabIndex={-1} onClick={() => onSort(column.key)}>
                  {column.label}<span aria-hidden="true">{isSorted ? (sort.isFalling ? " \u2193" : " \u2191") : ""}</span>
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface LineProps<Row> {
  readonly id: string;
  readonly row: Row;
  readonly place: number;
  readonly height: number;
  readonly columns: readonly TableColumn<Row>[];
  readonly nowMs: number;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly extra: string;
  readonly onToggle: (key: string, isRange: boolean) => void;
  readonly onOpen: (key: string) => void;
  readonly onActive: (key: string) => void;
}

/** One row; drawn again only when one of its properties is another. */
class Line<Row> extends Component<LineProps<Row>> {
  override shouldComponentUpdate(next: LineProps<Row>): boolean {
    return (Object.keys(next) as (keyof LineProps<Row>)[]).some((name) => !name.startsWith("on") && next[name] !== this.props[name]);
  }

  override render() {
    const { id, row, place, height, columns, nowMs, isSelected, isActive, extra, onToggle, onActive } = this.props;
    const classes = `table-row ${isActive ? "is-active" : ""} ${isSelected ? "is-selected" : ""} ${extra}`;
    return (
      <div
        role="row" id={rowId(id)} class={classes} aria-rowindex={place + 2} aria-selected={isSelected} onClick={() => onActive(id)}
        style={{ height: `${height}px`, transform: `translateY(${place * height}px)` }}
      >
        <div role="gridcell" class="cell cell-check">
          <label class="check" onClick={(event) => event.stopPropagation()}>
            <input type="checkbox" tabIndex={-1} checked={isSelected} aria-label={t("table.select")} onClick={(event) => onToggle(id, event.shiftKey)} />
          </label>
        </div>
        {columns.map((column) => <div key={column.key} role="gridcell" class={column.isNumber ? "cell cell-number" : "cell"}>{column.cell(row, nowMs)}</div>)}
      </div>
    );
  }
}

/** Returns which rows are in sight, a few more on each side. */
function useWindow(box: { readonly current: HTMLElement | null }, total: number, rowHeight: number): { first: number; count: number } {
  const [view, setView] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    let isDue = false;
    const look = () => {
      isDue = false;
      setView({ top: element.scrollTop, height: element.clientHeight });
    };
    const soon = () => {
      if (!isDue) requestAnimationFrame(look);
      isDue = true;
    };
    look();
    const watcher = new ResizeObserver(soon);
    watcher.observe(element);
    element.addEventListener("scroll", soon, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", soon);
    };
  }, [box]);
  const count = Math.min(MOST_ROWS, Math.ceil(view.height / rowHeight) + 2 * BEYOND);
  const first = Math.max(0, Math.min(Math.floor(view.top / rowHeight) - BEYOND, total - count));
  return { first, count };
}
