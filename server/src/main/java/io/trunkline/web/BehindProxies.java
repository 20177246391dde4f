package io.trunkline.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.springframework.web.filter.OncePerRequestFilter;

/** Takes the word of trusted proxies for who calls and what our address is; of nobody else. */
final class BehindProxies extends OncePerRequestFilter {
    private final Proxies proxies;
    private final PublicUrl publicUrl;

    BehindProxies(Proxies proxies, PublicUrl publicUrl) {
        this.proxies = proxies;
        this.publicUrl = publicUrl;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!proxies.trusts(request.getRemoteAddr())) {
            chain.doFilter(request, response);
            return;
        }
        Proxies.Seen seen = proxies.read(
                request.getRemoteAddr(),
                all(request, "Forwarded"),
                all(request, "X-Forwarded-For"),
                all(request, "X-Forwarded-Proto"),
                all(request, "X-Forwarded-Host"));
        var wrapped = new Told(request, seen);
        if (seen.host().isEmpty()) {
            chain.doFilter(wrapped, response);
        } else {
            publicUrl.seenAs(wrapped.getScheme() + "://" + seen.host().get(), () -> chain.doFilter(wrapped, response));
        }
    }

    private static List<String> all(HttpServletRequest request, String header) {
        return Collections.list(request.getHeaders(header));
    }

    private static final class Told extends HttpServletRequestWrapper {
        private final Proxies.Seen seen;

        Told(HttpServletRequest request, Proxies.Seen seen) {
            super(request);
            this.seen = seen;
        }

        @Override
        public String getRemoteAddr() {
            return seen.client();
        }

        @Override
        public String getRemoteHost() {
            return seen.client();
        }

        @Override
        public String getScheme() {
            return seen.scheme().orElseGet(super::getScheme);
        }

        @Override
        public boolean isSecure() {
            return getScheme().equals("https");
        }
    }
}
