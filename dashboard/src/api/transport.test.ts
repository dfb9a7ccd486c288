import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { AuthService } from "@/gen/regiment/v1/auth_service_pb";
import { renewing } from "./transport";

/** A server whose session has run out until `renewed` turns true. */
function server(session: { renewed: boolean }, renew: () => Promise<void>) {
  const transport = createRouterTransport(
    ({ service }) => {
      service(AuthService, {
        whoAmI: () => {
          if (!session.renewed) {
            throw new ConnectError("sign in", Code.Unauthenticated);
          }
          return { principal: "account/1" };
        },
      });
    },
    { transport: { interceptors: [renewing(renew)] } },
  );
  return createClient(AuthService, transport);
}

test("calls that meet an expired session renew it once and are repeated", async () => {
  const session = { renewed: false };
  let n_renewals = 0;
  const auth = server(session, async () => {
    n_renewals += 1;
    await Promise.resolve();
    session.renewed = true;
  });
  const answers = await Promise.all([auth.whoAmI({}), auth.whoAmI({}), auth.whoAmI({})]);
  expect(answers.map(({ principal }) => principal)).toEqual(["account/1", "account/1", "account/1"]);
  expect(n_renewals).toBe(1);
});

test("a session that can't be renewed is over", async () => {
  const auth = server({ renewed: false }, () => Promise.reject(new Error("no cookie")));
  await expect(auth.whoAmI({})).rejects.toMatchObject({ code: Code.Unauthenticated });
});
