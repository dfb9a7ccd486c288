import { Link } from "@tanstack/react-router";
import { userIdOf } from "@/words/names";
import { useClients } from "./list";
import { nameOf } from "./search";

/** The way to a client, by name: `clients/{user_id}`. Whoever was erased since is shown by id. */
export function ClientLink({ name }: { name: string }) {
  const clients = useClients();
  const userId = userIdOf(name);
  const client = clients.data?.find((one) => one.userId === userId);
  return (
    <Link
      to="/clients/$userId"
      params={{ userId }}
      className="underline decoration-line underline-offset-2 hover:decoration-current"
    >
      {client ? nameOf(client) : userId}
    </Link>
  );
}
