"use strict";

/** Swagger UI makes one byte of each character of a name and a password: here each is a byte of its UTF-8 (RFC 7617). */
function inUtf8(credential) {
  const bytes = (text) => String.fromCharCode(...new TextEncoder().encode(text ?? ""));
  const { username, password } = credential.value ?? {};
  return password === undefined
    ? credential
    : { ...credential, value: { username: bytes(username), password: bytes(password) } };
}

const passwords = {
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (authorize) => (given) =>
          authorize(Object.fromEntries(Object.entries(given).map(([name, one]) => [name, inUtf8(one)]))),
      },
    },
  },
};

const ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  // else it would send the document to a service on the internet
  validatorUrl: null,
  plugins: [passwords],
  requestInterceptor(request) {
    // who has pressed Authorize is shown the answer to that: the browser neither asks for a password nor shows another's
    if (!request.loadSpec && ui.authSelectors.authorized().size > 0) {
      request.credentials = "omit";
    }
    return request;
  },
});
