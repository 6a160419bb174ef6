import { beforeEach, describe, expect, test, vi } from "vitest";

import { ProblemError, UnreachableError } from "../api/problems";
import { PASSWORD, USERNAME } from "../test/accounts";
import { problem, unreachable } from "../test/answers";
import { noTabs } from "../test/render";
import { FakeService } from "../test/service";
import { createSession, type Session, type Tabs } from "./session";

const CREDENTIALS = { username: USERNAME, password: PASSWORD };

let service: FakeService;
let session: Session;

function ask(): Promise<Response> {
  return session.send(new Request("http://localhost/api/auth/me"));
}

beforeEach(() => {
  service = new FakeService();
  session = createSession(service.send, noTabs);
});

describe("a session", () => {
  test("is restored by the cookie of an earlier visit", async () => {
    service.accounts.hasCookie = true;

    await session.restore();

    expect(session.state()).toBe("signed-in");
    expect((await ask()).status).toBe(200);
  });

  test("is none where there is no cookie", async () => {
    await session.restore();

    expect(session.state()).toBe("signed-out");
  });

  test.each([
    ["nobody answers", unreachable],
    ["the service restarts", () => problem("stopping", 503, "the service is being restarted")],
  ])("is neither there nor ended as long as %s, and is restored after that", async (_, fault) => {
    service.accounts.hasCookie = true;
    service.fault = fault;

    await session.restore();

    expect(session.state()).toBe("unreachable");
    expect(session.trouble()).toBeInstanceOf(Error);

    service.fault = null;
    await session.restore();

    expect(session.state()).toBe("signed-in");
  });

  test("is none once the service is back and refuses the cookie", async () => {
    service.fault = unreachable;
    await session.restore();
    service.fault = null;

    await session.restore();

    expect(session.state()).toBe("signed-out");
  });

  test("begins with the right password and not with a wrong one", async () => {
    const refused = session.signIn({ ...CREDENTIALS, password: "wrong" });

    await expect(refused).rejects.toBeInstanceOf(ProblemError);
    expect(session.state()).not.toBe("signed-in");

    await session.signIn(CREDENTIALS);

    expect(session.state()).toBe("signed-in");
  });

  test("ends on purpose only once the service knows of it", async () => {
    await session.signIn(CREDENTIALS);
    service.fault = unreachable;

    await expect(session.signOut()).rejects.toBeInstanceOf(UnreachableError);
    expect(session.state()).toBe("signed-in");

    service.fault = null;
    await session.signOut();

    expect(session.state()).toBe("left");
  });
});

describe("a token", () => {
  test("is replaced before it ends", async () => {
    let now = 0;
    session = createSession(service.send, noTabs, () => now);
    await session.signIn(CREDENTIALS);
    now = 880_000;

    await ask();

    expect(service.requests.slice(1)).toEqual(["POST /api/auth/refresh", "GET /api/auth/me"]);
  });

  test("is replaced once for all requests that find it revoked", async () => {
    await session.signIn(CREDENTIALS);
    service.accounts.expireTokens();

    const answers = await Promise.all([ask(), ask(), ask()]);

    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(service.count("POST /api/auth/refresh")).toBe(1);
  });

  test("that cannot be replaced ends the session", async () => {
    await session.signIn(CREDENTIALS);
    service.accounts.revoke();

    expect((await ask()).status).toBe(401);
    expect(session.state()).toBe("signed-out");
  });

  test("that cannot be replaced now, because nobody answers, does not end the session", async () => {
    await session.signIn(CREDENTIALS);
    service.accounts.expireTokens();
    service.fault = ({ url }) => (url.endsWith("/refresh") ? unreachable() : undefined);

    await expect(ask()).rejects.toBeInstanceOf(UnreachableError);
    expect(session.state()).toBe("signed-in");

    service.fault = null;

    expect((await ask()).status).toBe(200);
  });

  test("goes with the whole request again after it was replaced", async () => {
    await session.signIn(CREDENTIALS);
    service.accounts.expireTokens();
    const bodies: string[] = [];
    const echo = createSession(async (request) => {
      if (request.url.endsWith("/echo")) bodies.push(await request.clone().text());
      return service.send(request);
    }, noTabs);
    service.accounts.hasCookie = true;
    await echo.restore();
    service.accounts.expireTokens();

    await echo.send(new Request("http://localhost/api/echo", { method: "POST", body: '{"a":1}' }));

    expect(bodies).toEqual(['{"a":1}', '{"a":1}']);
  });
});

describe("two tabs", () => {
  test("refresh one after the other and tell each other of signing out", async () => {
    const hear = new Set<() => void>();
    let last = Promise.resolve<unknown>(undefined);
    const tabs = (own: { hear?: () => void }): Tabs => ({
      tell: () => {
        for (const listener of hear) if (listener !== own.hear) listener();
      },
      listen: (listener) => {
        own.hear = listener;
        hear.add(listener);
      },
      alone: (work) => {
        const mine = last.then(work);
        last = mine.catch(() => undefined);
        return mine;
      },
    });
    const left = createSession(service.send, tabs({}));
    const right = createSession(service.send, tabs({}));
    service.accounts.hasCookie = true;
    await Promise.all([left.restore(), right.restore()]);

    await left.signOut();
    const isOut = new Promise<void>((done) => {
      if (right.state() === "signed-out") done();
      right.subscribe(() => right.state() === "signed-out" && done());
    });
    await isOut;

    expect(left.state()).toBe("left");
  });

  test("do not end the session of each other while nobody answers", async () => {
    let hear: () => void = () => undefined;
    session = createSession(service.send, { ...noTabs, listen: (listener) => (hear = listener) });
    await session.signIn(CREDENTIALS);
    service.fault = unreachable;

    hear();

    await vi.waitFor(() => expect(session.state()).toBe("unreachable"));
  });
});
