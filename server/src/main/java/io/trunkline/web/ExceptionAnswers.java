package io.trunkline.web;

import io.trunkline.database.DatabaseUnavailable;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** What becomes of an exception: a problem, always. */
@RestControllerAdvice
final class ExceptionAnswers {
    private static final Logger log = LoggerFactory.getLogger(ExceptionAnswers.class);

    private static final Duration TELL_EVERY = Duration.ofSeconds(5);

    private final AtomicLong toldAtNanos = new AtomicLong(System.nanoTime() - TELL_EVERY.toNanos());
    private final Problems problems;

    ExceptionAnswers(Problems problems) {
        this.problems = problems;
    }

    @ExceptionHandler
    void refused(Refusal refusal, HttpServletRequest request, HttpServletResponse response) throws IOException {
        problems.answer(request, response, refusal.problem());
    }

    @ExceptionHandler({NoResourceFoundException.class, NoHandlerFoundException.class})
    void notFound(HttpServletRequest request, HttpServletResponse response) throws IOException {
        problems.answer(request, response, Refusal.notFound().problem());
    }

    @ExceptionHandler
    void method(HttpRequestMethodNotSupportedException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String allowed = Optional.ofNullable(e.getSupportedHttpMethods()).stream()
                .flatMap(methods -> methods.stream().map(HttpMethod::name))
                .flatMap(name -> name.equals("GET")
                        ? java.util.stream.Stream.of("GET", "HEAD")
                        : java.util.stream.Stream.of(name))
                .sorted()
                .collect(Collectors.joining(", ", "", ", OPTIONS"));
        problems.answer(
                request,
                response,
                Problem.of(ErrorCode.METHOD_NOT_ALLOWED, e.getMethod() + " is not one of " + allowed)
                        .withHeader("Allow", allowed));
    }

    @ExceptionHandler
    void notAcceptable(HttpMediaTypeNotAcceptableException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        problems.answer(
                request,
                response,
                Problem.of(ErrorCode.NOT_ACCEPTABLE, "can be answered: " + e.getSupportedMediaTypes()));
    }

    @ExceptionHandler
    void mediaType(HttpMediaTypeNotSupportedException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        problems.answer(
                request,
                response,
                Body.unsupported(request, e.getSupportedMediaTypes()).problem());
    }

    @ExceptionHandler
    void unavailable(DatabaseUnavailable e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        tell(e);
        problems.answer(request, response, Problem.unavailable("the database is not available"));
    }

    /** Not for every request: an outage under load must not fill the disk as well. */
    private void tell(DatabaseUnavailable e) {
        long now = System.nanoTime();
        long last = toldAtNanos.get();
        if (now - last >= TELL_EVERY.toNanos() && toldAtNanos.compareAndSet(last, now)) {
            log.warn("requests find the database unavailable: {}", e.getMessage());
        }
    }

    /** Somebody hung up: there is nobody to answer. */
    @ExceptionHandler
    void hungUp(AsyncRequestNotUsableException e) {
        log.debug("the client hung up", e);
    }

    @ExceptionHandler
    void failed(Exception e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        log.error("a request failed", e);
        problems.answer(
                request, response, Problem.of(ErrorCode.INTERNAL, "the request failed; nothing of it was kept"));
    }
}
