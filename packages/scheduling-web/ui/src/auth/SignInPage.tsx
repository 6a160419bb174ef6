import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import { Navigate, useSearchParams } from "react-router";
import { z } from "zod";
import { LONGEST_PASSWORD, LONGEST_USERNAME } from "../api/limits";
import { texts } from "../texts";
import { Brand } from "../ui/Brand";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Loading } from "../ui/Loading";
import { Failure } from "../ui/Notice";
import { PageHeader } from "../ui/PageHeader";
import { readBack } from "./paths";
import { Unreachable } from "./Unreachable";
import { useAuth } from "./useAuth";

const { signIn: words } = texts;

const credentials = z.object({
  username: z
    .string()
    .trim()
    .min(1, words.usernameMissing)
    .max(LONGEST_USERNAME, texts.tooLong(LONGEST_USERNAME)),
  password: z.string().min(1, words.passwordMissing).max(LONGEST_PASSWORD, texts.tooLong(LONGEST_PASSWORD)),
});

/** Asks who it is, and then shows the page that was asked for. */
export function SignInPage() {
  const { state } = useAuth();
  const [query] = useSearchParams();
  const back = readBack(query);
  if (state === "signed-in") return <Navigate to={back} replace />;
  return (
    <main className="sign-in">
      <Brand />
      <PageHeader title={words.title} lead={back === "/" ? words.lead : words.leadBack} />
      {state === "restoring" ? <Loading /> : state === "unreachable" ? <Unreachable /> : <SignInForm />}
    </main>
  );
}

function SignInForm() {
  const { signIn } = useAuth();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ resolver: zodResolver(credentials), defaultValues: { username: "", password: "" } });
  const { errors, isSubmitting } = form.formState;
  const { setFocus } = form;

  useEffect(() => setFocus("username"), [setFocus]);

  const submit = form.handleSubmit(async (values) => {
    setError(null);
    try {
      await signIn(values);
    } catch (refusal) {
      setError(refusal);
      form.setFocus("password", { shouldSelect: true });
    }
  });

  return (
    <form className="stack" onSubmit={submit} noValidate>
      {error !== null && <Failure error={error} />}
      <Field label={words.username} error={errors.username?.message}>
        {(control) => (
          <input
            {...control}
            {...form.register("username")}
            className="input"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
      <Field label={words.password} error={errors.password?.message}>
        {(control) => (
          <input
            {...control}
            {...form.register("password")}
            className="input"
            type="password"
            autoComplete="current-password"
          />
        )}
      </Field>
      <Button kind="primary" type="submit" busy={isSubmitting}>
        {words.submit}
      </Button>
    </form>
  );
}
