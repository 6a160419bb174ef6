/** Where to go after signing in. */

export const SIGN_IN = "/sign-in";
const BACK = "back";
const HOME = "/";

/** Return the address of the sign-in page that leads back to `path` afterwards. */
export function signInPath(path: string): string {
  return path === HOME ? SIGN_IN : `${SIGN_IN}?${new URLSearchParams({ [BACK]: path })}`;
}

/** Return the page to go back to: only ever one of ours, whatever a link that somebody sent says. */
export function readBack(query: URLSearchParams): string {
  const text = query.get(BACK);
  if (text === null || !text.startsWith("/")) return HOME;
  const { origin } = globalThis.location;
  // A browser reads `//host`, `/\host` and the like as another site; so does the URL parser, which we ask.
  const url = URL.canParse(text, origin) ? new URL(text, origin) : null;
  if (url === null || url.origin !== origin || url.pathname.startsWith("//")) return HOME;
  // No page has a control character in its address; the router would find none there, not even the last.
  if (/%[01][\da-f]/i.test(url.pathname)) return HOME;
  return url.pathname === SIGN_IN ? HOME : url.pathname + url.search + url.hash;
}
