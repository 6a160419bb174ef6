import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// Long enough for a machine that is busy with other tests; nothing waits longer than it has to.
configure({
  asyncUtilTimeout: 10_000,
  // Whether styles hide something is looked at in a real browser; here it takes half of all the time.
  defaultHidden: true,
});

afterEach(cleanup);
