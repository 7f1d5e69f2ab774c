import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { tellPersonConfirmed } from '../../api/confirm-person.ts';
import { Outcome } from '../../components/outcome.tsx';
import { Page } from '../../components/page.tsx';
import { commonWords as words } from '../../words/common.ts';

/** In the tab in which somebody proved at a code host who it is. It closes by itself where the browser allows that. */
export function ConfirmedPage() {
  const search = useSearch({ from: '/profile/confirmed' });
  const navigate = useNavigate();
  const isDone = search.outcome === 'done';
  useEffect(() => {
    if (isDone) {
      tellPersonConfirmed();
      window.close();
    }
  }, [isDone]);
  return (
    <Page title={words.confirmPerson.title}>
      <Outcome
        {...search}
        done={words.confirmPerson.closeTab}
        onEnd={() => void navigate({ to: '/profile', replace: true })}
      />
    </Page>
  );
}
