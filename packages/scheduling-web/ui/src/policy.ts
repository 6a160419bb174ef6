/** What the content security policy asks of the libraries. Imported before them, because they look at once. */

import { config } from "zod/v4/core";

// Zod would try whether it may make code from text, and each try is reported as a violation.
config({ jitless: true });
