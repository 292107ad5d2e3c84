// An OpenID Connect provider for tests: node provider.js SETTINGS, which are JSON:
//   port, redirect, secret  the client `grader`, and where to send people back to
//   people                  claims by the login that somebody types; any password is right
//   keys                    the JWKS to sign with
//   published               another JWKS to publish instead, as a provider does whose key is not theirs
//   clockOffsetS            seconds by which its clock is wrong when it makes a token
// It prints a line when it listens.
import Provider from "oidc-provider"

const settings = JSON.parse(process.argv[2])
const now = Date.now.bind(Date)
let offsetS = 0
Date.now = () => now() + 1000 * offsetS

const issuer = `http://127.0.0.1:${settings.port}`
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "grader",
      client_secret: settings.secret,
      redirect_uris: [settings.redirect],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  jwks: settings.keys,
  cookies: { keys: ["of a test"] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ...settings.people[id] }),
  }),
})
provider.use(async (context, next) => {
  offsetS = context.path === "/token" ? (settings.clockOffsetS ?? 0) : 0
  await next()
  if (context.path === "/jwks" && settings.published) context.body = settings.published
})
provider.listen(settings.port, "127.0.0.1", () => console.log("listening"))
