/** The sign of the product; the same as `icon.svg`, in the colour of the page. */
export function Brand() {
  return (
    <svg className="brand-sign" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect x="3" y="5" width="26" height="24" rx="5" />
      <path className="brand-rings" d="M10 3v5M22 3v5" />
      <path className="brand-mark" d="M9 13h14m-12 7 4 4 7-7" />
    </svg>
  );
}
