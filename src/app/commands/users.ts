import { type Command, Option } from "commander";
import {
  invitedAnswer,
  type InvitedAnswer,
  role as roles,
  usersAnswer,
  type UserView,
  userView,
} from "../../protocol/api-people.ts";
import { printable } from "../../view/printable.ts";
import {
  LocalFailed,
  type LocalContext,
  type LocalFlags,
  LocalHub,
  orComplain,
  paddedTable,
  processContext,
  type Question,
  withLocalOptions,
} from "./local-hub.ts";

interface AddFlags extends LocalFlags {
  readonly email: string;
  readonly role: string;
}

/** What is done to one person that exists. */
interface OneCommand {
  readonly name: string;
  readonly about: string;
  readonly question: (user: UserView) => Question;
  readonly done: (context: LocalContext, user: UserView) => void;
}

const HOW_TO_OPEN =
  "Open it within three days to choose a password; it works once. From elsewhere, put the name under which the hub is " +
  "reached in place of the address.";

/**
 * `deskwatch users …`: people of the hub that runs on the data directory. Whoever can read that directory owns the hub,
 * and so can give an owner back who lost the password or the second factor.
 */
export function registerUsers(program: Command, context: LocalContext = processContext): void {
  const users = program.command("users").description("list, add and remove people, and let them in again");

  withLocalOptions(users.command("list"))
    .description("list people, their roles and second factors")
    .addHelpText("after", "\nExample:\n  deskwatch users list --json")
    .action((flags: LocalFlags) => orComplain(context, () => list(context, flags)));

  withLocalOptions(users.command("add"))
    .argument("<name>", "of the person")
    .description("make a person; prints the link by which they choose a password")
    .requiredOption("--email <address>", "to sign in with")
    .addOption(new Option("--role <role>", "what they may do").choices([...roles.options]).default("viewer"))
    .addHelpText("after", '\nExample:\n  deskwatch users add "Vera Holt" --email vera@desk.example --role operator')
    .action((name: string, flags: AddFlags) => orComplain(context, () => add(context, name, flags)));

  withLocalOptions(users.command("reset-password"))
    .argument("<name>", "of the person, or their e-mail address")
    .description("print a link by which the person chooses a new password")
    .addHelpText("after", "\nExample:\n  deskwatch users reset-password ada@desk.example")
    .action((name: string, flags: LocalFlags) => orComplain(context, () => resetPassword(context, name, flags)));

  withLocalOptions(users.command("set-role"))
    .argument("<name>", "of the person, or their e-mail address")
    .argument("<role>", roles.options.join(", "))
    .description("change what a person may do")
    .addHelpText("after", '\nExample:\n  deskwatch users set-role "Vera Holt" owner')
    .action((name: string, role: string, flags: LocalFlags) =>
      orComplain(context, () => toOne(context, { name, flags }, setRole(role))),
    );

  for (const command of ONE_COMMANDS)
    withLocalOptions(users.command(command.name))
      .argument("<name>", "of the person, or their e-mail address")
      .description(command.about)
      .addHelpText("after", `\nExample:\n  deskwatch users ${command.name} vera@desk.example`)
      .action((name: string, flags: LocalFlags) => orComplain(context, () => toOne(context, { name, flags }, command)));
}

const pathOf = ({ id }: UserView): string => `/api/v1/users/${encodeURIComponent(id)}`;

const setRole = (role: string): Pick<OneCommand, "question" | "done"> => ({
  question: (user) => ({ method: "PATCH", path: pathOf(user), body: { role } }),
  done: (context, user) => context.print(`${printable(user.name)} is ${role} now.`),
});

const ONE_COMMANDS: readonly OneCommand[] = [
  {
    name: "disable-totp",
    about: "take the second factor from a person who lost it",
    question: (user) => ({ method: "DELETE", path: `${pathOf(user)}/second-factor` }),
    done: (context, user) => context.print(`${printable(user.name)} signs in with the password alone now.`),
  },
  {
    name: "disable",
    about: "let a person in no more, and end their sessions",
    question: (user) => ({ method: "PATCH", path: pathOf(user), body: { disabled: true } }),
    done: (context, user) => context.print(`${printable(user.name)} is disabled.`),
  },
  {
    name: "enable",
    about: "let a disabled person in again",
    question: (user) => ({ method: "PATCH", path: pathOf(user), body: { disabled: false } }),
    done: (context, user) => context.print(`${printable(user.name)} may sign in again.`),
  },
  {
    name: "remove",
    about: "remove a person for good",
    question: (user) => ({ method: "DELETE", path: pathOf(user) }),
    done: (context, user) => context.print(`${printable(user.name)} is removed.`),
  },
];

async function list(context: LocalContext, flags: LocalFlags): Promise<void> {
  const people = await peopleOf(new LocalHub(context, flags));
  if (flags.json === true) return context.print(JSON.stringify({ users: people }));
  if (people.length === 0) return context.print("Nobody yet: open the page of the hub to make its owner.");
  for (const line of paddedTable(HEADS, people.map(cells))) context.print(line);
}

async function add(context: LocalContext, name: string, { email, role, ...flags }: AddFlags): Promise<void> {
  const hub = new LocalHub(context, flags);
  const answer = await hub.ask({ method: "POST", path: "/api/v1/users", body: { name, email, role } });
  showInvitation(context, { hub, flags, answer: invitedAnswer.parse(answer) });
}

async function resetPassword(context: LocalContext, name: string, flags: LocalFlags): Promise<void> {
  const hub = new LocalHub(context, flags);
  const user = await oneOf(hub, name);
  const answer = await hub.ask({ method: "POST", path: `${pathOf(user)}/invitation` });
  showInvitation(context, { hub, flags, answer: invitedAnswer.parse(answer) });
}

async function toOne(
  context: LocalContext,
  { name, flags }: { readonly name: string; readonly flags: LocalFlags },
  { question, done }: Pick<OneCommand, "question" | "done">,
): Promise<void> {
  const hub = new LocalHub(context, flags);
  const user = await oneOf(hub, name);
  const answer = await hub.ask(question(user));
  if (flags.json === true)
    context.print(JSON.stringify(answer === undefined ? { id: user.id } : userView.parse(answer)));
  else done(context, user);
}

interface Shown {
  readonly hub: LocalHub;
  readonly flags: LocalFlags;
  readonly answer: InvitedAnswer;
}

function showInvitation(context: LocalContext, { hub, flags, answer }: Shown): void {
  if (flags.json === true) return context.print(JSON.stringify(answer));
  context.print(`${hub.url}${answer.invitation.path}`);
  context.complain(HOW_TO_OPEN);
}

const peopleOf = async (hub: LocalHub): Promise<readonly UserView[]> =>
  usersAnswer.parse(await hub.ask({ method: "GET", path: "/api/v1/users" })).users;

async function oneOf(hub: LocalHub, given: string): Promise<UserView> {
  const wanted = given.toLowerCase();
  const found = (await peopleOf(hub)).filter(({ name, email }) => [name.toLowerCase(), email].includes(wanted));
  const [one, ...more] = found;
  if (one === undefined) throw new LocalFailed(`nobody is called ${given}; see \`deskwatch users list\`.`);
  if (more.length > 0) throw new LocalFailed(`several people are called ${given}: give an e-mail address.`);
  return one;
}

const HEADS = ["NAME", "E-MAIL", "ROLE", "SECOND FACTOR", "SESSIONS", "LAST SIGN-IN", "STATE"];

const cells = (user: UserView): string[] => [
  printable(user.name),
  printable(user.email),
  user.role,
  user.second_factor ? "yes" : "no",
  String(user.sessions),
  user.last_sign_in_at ?? "",
  user.disabled ? "disabled" : user.invited ? "invited" : "",
];
