import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// Long enough for a machine that is busy with other tests; nothing waits longer than it has to.
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);
