import { NavLink } from "react-router";
import { describe } from "../api/describe";
import { useAuth } from "../auth/useAuth";
import { texts } from "../texts";
import { Brand } from "../ui/Brand";
import { Icon, type IconName } from "../ui/Icon";
import { useToast } from "../ui/Toasts";

interface Page {
  path: string;
  name: string;
  icon: IconName;
}

const PAGES: Page[] = [
  { path: "/", name: texts.navigation.upcoming, icon: "list" },
  { path: "/calendar", name: texts.navigation.calendar, icon: "calendar" },
  { path: "/availability", name: texts.navigation.availability, icon: "hours" },
  { path: "/types", name: texts.navigation.types, icon: "types" },
  { path: "/sync", name: texts.navigation.sync, icon: "sync" },
];

/** The way to each page: beside the content where there is room, and below it on a phone. */
export function Navigation() {
  const { username, signOut } = useAuth();
  const toast = useToast();
  const leave = () => signOut().catch((error: unknown) => toast({ text: describe(error), tone: "danger" }));

  return (
    <nav className="navigation" aria-label={texts.navigation.label}>
      <p className="brand">
        <Brand />
        <span>{texts.product}</span>
      </p>
      <ul>
        {PAGES.map(({ path, name, icon }) => (
          <li key={path}>
            <NavLink to={path} end={path === "/"} className="navigation-link">
              <Icon name={icon} />
              <span>{name}</span>
            </NavLink>
          </li>
        ))}
      </ul>
      <div className="navigation-user">
        {username !== undefined && (
          <p className="navigation-name" title={texts.navigation.signedInAs(username)}>
            <span className="visually-hidden">{texts.navigation.signedInAs("")} </span>
            {username}
          </p>
        )}
        <button type="button" className="navigation-link" onClick={leave}>
          <Icon name="leave" />
          <span>{texts.navigation.signOut}</span>
        </button>
      </div>
    </nav>
  );
}
