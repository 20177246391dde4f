SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#docs",
    deepLinking: true,
    filter: true,
    // Nothing of this page is asked of anybody else.
    validatorUrl: null,
    queryConfigEnabled: false,
});
