export const usage = `Invokes the functions that have no route, on a running npm start.

Usage: npm run admin -- COMMAND [options]

  status [ORGANIZATION]                         what there is, what waits, what went wrong; how old rights are,
                                                packages, left-out versions with their reasons, tokens with
                                                their ids
  left-out ORGANIZATION REPOSITORY              every branch and tag of the repository that gives no version, and
                                                why
  connect ORGANIZATION --installation ID        make an organization of an installation of the App; where several
          [--repositories all|NAME,NAME]        forges or hosts are known, --forge or --base-url says which is meant
          [--vendors NAME,NAME] [--forge NAME] [--base-url URL]
  choose ORGANIZATION --repositories all|NAME,NAME [--forks]
                                                choose repositories, besides those chosen already, to become
                                                packages; 'all' leaves forks out unless --forks is there, a fork
                                                that is named is taken; its vendor has to be owned all the same
  give-name ORGANIZATION VENDOR/NAME --to REPOSITORY --by YOU --why TEXT [--same-package]
                                                give a package's name to another repository that claims it, under
                                                a new number; with --same-package it is the same package, moved,
                                                and number and archives stay
  vendors ORGANIZATION --vendors NAME,NAME      the whole list of vendors whose packages may appear
  publishing ORGANIZATION [--source yes|no] [--outside-code yes|no]
                                                what goes into metadata: 'source', where a version's code is in
                                                version control (yes); versions whose composer.json says itself
                                                where their code is, which is not kept by us (yes)
  token ORGANIZATION --member LOGIN | --team SLUG | --all
          [--description TEXT] [--expires TIME] give somebody a token of this organization; it is shown once (TIME:
                                                2027-01-01, or ISO 8601). --member: what the person may read here,
                                                and nothing of other organizations; --all: every package
  revoke ORGANIZATION --id TOKEN-ID             take a token back, at once
  stop-access ORGANIZATION --by NAME --why TEXT refuse all tokens of the organization at once, also for what is
                                                cached: tokens, rights and packages stay as they are
  allow-access ORGANIZATION --by NAME --why TEXT
                                                take its tokens again

  synchronize ORGANIZATION                      read everything from the forge now, and say how far it is
  runs ORGANIZATION [--all]                     the latest runs that changed something, newest first: when, why
                                                and what came of them; with --all those that changed nothing too
  runs ORGANIZATION NUMBER                      one run: each change with its reason
  preview ORGANIZATION                          read the forge and show what a run would change; writes nothing
  removals ORGANIZATION                         removals that are held because they are many and nobody stated
                                                them: they wait for a person's word
  removals ORGANIZATION SCOPE yes|no --of DIGEST
                                                yes: the next whole read removes them; no: they stay. DIGEST is
                                                shown with them: the word is about these and no others
  caution ORGANIZATION [--held-share PERCENT] [--held-above NUMBER] [--suspend-after DAYS]
                                                how careful a synchronization is: what is missing from a list is
                                                held when it is more than that share of it (25) and more than so
                                                many (5); rights rest after so many days without a whole read (7)
  undo ORGANIZATION NUMBER                      put back what the run removed and the forge still has, from a
                                                fresh read; the rest is listed with reasons

  delete-version ORGANIZATION PACKAGE VERSION[,VERSION]
                                                delete versions with their archives, for good: their commits are
                                                refused from now on, by whatever name or number they come
  refuse-commit ORGANIZATION COMMIT[,COMMIT]    the same for commits, with a version or without
  allow-commit ORGANIZATION COMMIT --by NAME --why TEXT
                                                take a refusal back; the archive is built again when asked for
  delete-package ORGANIZATION PACKAGE [--keep-archives]
                                                delete a package; with --keep-archives its archives stay out of
                                                reach for 90 days first
  delete-synchronization ORGANIZATION           delete what a synchronization brought: packages, rights, teams,
                                                members, tokens of teams; the forge's organization is free again
  delete-organization ORGANIZATION              delete everything of it; its slug is never free again
          [--confirm NAME --by NAME --why TEXT] each of these only says what would go, until it is confirmed with
                                                the name of that (the package; the commits; the login; the slug)

  --json       print the answer as JSON
  --synchronization ID
               which one, where an organization has several; status shows the ids
  --data DIR   data folder of the start (default .repertoire)
  --aws        invoke the functions in your AWS account instead (region and credentials of the environment)
  --help       this text

Exit codes: 0 done; 1 it failed, as the log says, or nothing runs; 2 the command line makes no sense; 3 not-found: what was named is
not there; 4 conflict: its state does not allow this, or something else changed it at the same moment; 5 invalid: what was said makes
no sense; 6 forbidden: somebody does not let you, or us; 7 too-early: ask again later.
`;
