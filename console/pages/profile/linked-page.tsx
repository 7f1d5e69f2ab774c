import { useNavigate, useSearch } from '@tanstack/react-router';
import { Outcome } from '../../components/outcome.tsx';
import { profileWords as words } from '../../words/profile.ts';
import { Accounts } from './accounts-page.tsx';
import { ProfilePage } from './profile-page.tsx';

/** The linked accounts, after somebody went to a code host to link a further one. */
export function LinkedPage() {
  const search = useSearch({ from: '/profile/linked' });
  const navigate = useNavigate();
  // What was said of linking is of the past then.
  const end = () => void navigate({ to: '/profile', replace: true });
  return (
    <ProfilePage tab="accounts">
      <Outcome {...search} done={words.accounts.linked} onEnd={end} />
      <Accounts onUnlinked={end} />
    </ProfilePage>
  );
}
