import "./policy";
import "./styles/index.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter } from "react-router";

import { App } from "./App";
import { createApi } from "./api/client";
import { createQueries } from "./api/queries";
import { createSession } from "./auth/session";
import { browserTabs } from "./auth/tabs";
import { routes } from "./routes";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");

const session = createSession((request) => fetch(request), browserTabs());

createRoot(root).render(
  <StrictMode>
    <App
      session={session}
      api={createApi(session.send)}
      queries={createQueries()}
      router={createBrowserRouter(routes)}
    />
  </StrictMode>,
);
