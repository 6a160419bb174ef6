import { Component, type ReactNode } from "react";

import { texts } from "../texts";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** Shows that something broke, in place of what broke, and offers to load the page again. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

export function Broken() {
  return (
    <main className="page">
      <Notice tone="danger" title={texts.broken.title} urgent>
        <p>{texts.broken.what}</p>
        <Button onClick={() => globalThis.location.reload()}>{texts.broken.reload}</Button>
      </Notice>
    </main>
  );
}
