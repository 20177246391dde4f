package io.trunkline.security;

import io.trunkline.web.ErrorCode;
import io.trunkline.web.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets a caller through to an operation whose licences it has. An operation that names none is a defect of ours. */
final class LicenceCheck implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!(handler instanceof HandlerMethod operation)) {
            return true;
        }
        Caller caller = CallerFilter.of(request);
        if ("OPTIONS".equals(request.getMethod())) {
            // What a resource allows is no secret of it: any token will do.
            return true;
        }
        Licence[] needed = needs(operation)
                .orElseThrow(() -> new IllegalStateException(operation + " does not say which licences it needs"))
                .value();
        Optional<Licence> missing =
                Arrays.stream(needed).filter(licence -> !caller.has(licence)).findFirst();
        if (missing.isPresent()) {
            String scope = missing.get().scope();
            throw Problem.of(ErrorCode.MISSING_LICENCE, "the licence \"" + scope + "\" is needed here")
                    .withHeader(
                            "WWW-Authenticate",
                            "Bearer realm=\"enterprise-apis\", error=\"insufficient_scope\", scope=\"" + scope + "\"")
                    .refusal();
        }
        return true;
    }

    static Optional<Needs> needs(HandlerMethod operation) {
        return Optional.ofNullable(operation.getMethodAnnotation(Needs.class))
                .or(() -> Optional.ofNullable(
                        AnnotatedElementUtils.findMergedAnnotation(operation.getBeanType(), Needs.class)));
    }
}
