import { useEffect } from "react";

import { Failure } from "../ui/Notice";
import { useAuth } from "./useAuth";

const AGAIN_AFTER_MS = 5_000;

/** Says that nobody could tell who is signed in, and asks again by itself: a service that restarts is soon back. */
export function Unreachable() {
  const { trouble, restore } = useAuth();
  const retry = () => void restore();

  useEffect(() => {
    const timer = setInterval(() => void restore(), AGAIN_AFTER_MS);
    return () => clearInterval(timer);
  }, [restore]);

  return <Failure error={trouble} retry={retry} />;
}
