package io.trunkline.stories;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands tests the one server that all of them share, started when first asked for. Each test class makes an
 * organization of its own in it; one that needs other settings starts its own server.
 */
public final class SharedServer implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedServer.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // What the root's store holds is closed when all tests are over.
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(RunningServer.class, _ -> RunningServer.start(), RunningServer.class);
    }
}
