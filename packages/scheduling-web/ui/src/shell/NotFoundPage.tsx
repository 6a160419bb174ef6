import { texts } from "../texts";
import { LinkButton } from "../ui/Button";
import { PageHeader } from "../ui/PageHeader";

export function NotFoundPage() {
  return (
    <div className="page">
      <PageHeader title={texts.notFound.title} />
      <p>{texts.notFound.what}</p>
      <p>
        <LinkButton to="/">{texts.notFound.home}</LinkButton>
      </p>
    </div>
  );
}
