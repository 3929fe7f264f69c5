/** One number that matters, with its name above and a remark below; a link where there is more behind it. */

export function Figure({ label, value, more, href }: { label: string; value: string; more?: string | null | undefined; href?: string }) {
  const content = (
    <>
      <span class="figure-label">{label}</span>
      <span class="figure-value">{value}</span>
      {more && <span class="figure-more">{more}</span>}
    </>
  );
  return href === undefined ? <div class="figure">{content}</div> : <a class="figure" href={href}>{content}</a>;
}
