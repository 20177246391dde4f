package io.trunkline.simulators.smdp;

import io.trunkline.simulators.http.Answer;
import io.trunkline.simulators.http.Fields;
import io.trunkline.simulators.http.Json;
import io.trunkline.simulators.http.Problem;
import io.trunkline.simulators.http.ProblemException;
import io.trunkline.simulators.http.Reply;
import io.trunkline.simulators.http.Request;
import io.trunkline.simulators.http.Routes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The routes to look at profiles and to prepare them.
 *
 * <ul>
 *   <li>{@code GET /smdp/profiles/{iccid}}: one, 404 where there is none
 *   <li>{@code GET /smdp/profiles?state=&after=&limit=}: {@code {"profiles": […], "next_after": iccid or null}}, by
 *       ICCID; limit 100, at most 10,000
 *   <li>{@code PUT /smdp/profiles/{iccid}} and {@code PUT /smdp/profiles} (a list, each with its {@code iccid}): {@code
 *       {"state", "eid", "matching_id", "profile_type"}}. 409 where a MatchingID is another profile's; all or none
 *   <li>{@code POST /smdp/stock}: {@code {"profile_type", "first_body", "count"}}, the body being an ICCID's 18 digits
 *       without the check digit. What is there already stays; 409 where it is there with another type
 *   <li>{@code GET /smdp/stock}: the ranges, and how many profiles are in each state
 * </ul>
 */
final class ProfileRoutes {
    private static final int DEFAULT_PAGE = 100;
    private static final int LARGEST_PAGE = 10_000;
    private static final int LARGEST_STOCK = 100_000_000;
    private static final Pattern BODY = Pattern.compile("\\d{" + StockRange.BODY_DIGITS + "}");
    private static final Pattern DIGITS = Pattern.compile("\\d{0,20}[Ff]?");

    private record View(
            String iccid,
            ProfileState state,
            @Nullable String eid,
            @Nullable String matchingId,
            String profileType,
            int downloadOrders,
            int confirmOrders) {
        static View of(Profile profile) {
            return new View(
                    profile.iccid(),
                    profile.state(),
                    profile.eid(),
                    profile.matchingId(),
                    profile.profileType(),
                    profile.downloadOrders(),
                    profile.confirmOrders());
        }
    }

    private record Wanted(
            String iccid, ProfileState state, Optional<String> eid, Optional<String> matching, Optional<String> type) {}

    private final Profiles profiles;

    ProfileRoutes(Profiles profiles) {
        this.profiles = profiles;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/smdp/profiles/{iccid}", this::one);
        routes.add("PUT", "/smdp/profiles/{iccid}", this::putOne);
        routes.add("GET", "/smdp/profiles", this::list);
        routes.add("PUT", "/smdp/profiles", this::putList);
        routes.add("GET", "/smdp/stock", request -> stock(200));
        routes.add("POST", "/smdp/stock", this::load);
    }

    private Answer one(Request request) {
        String iccid = iccid(request.variable("iccid"))
                .orElseThrow(() -> new ProblemException(404, "this is no ICCID with a valid check digit"));
        return profiles.read(stock -> stock.find(iccid))
                .map(profile -> Reply.json(200, View.of(profile)))
                .orElseGet(() -> Problem.reply(404, "there is no profile " + iccid));
    }

    private Answer list(Request request) {
        Map<String, String> query = request.query();
        List<Problem.Violation> violations = new ArrayList<>();
        String state = parameter(query, "state", "", ProfileState.words()::contains, violations);
        String after = parameter(query, "after", "", DIGITS.asMatchPredicate(), violations);
        String limit = parameter(
                query,
                "limit",
                Integer.toString(DEFAULT_PAGE),
                text -> text.matches("\\d{1,5}")
                        && Integer.parseInt(text) >= 1
                        && Integer.parseInt(text) <= LARGEST_PAGE,
                violations);
        if (!violations.isEmpty()) {
            throw ProblemException.of(violations);
        }
        int most = Integer.parseInt(limit);
        ProfileState wanted = state.isEmpty() ? null : ProfileState.of(state);
        List<Profile> found = profiles.read(stock -> stock.list(wanted, Es2Request.unpadded(after), most + 1));
        List<Profile> page = found.size() > most ? found.subList(0, most) : found;
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("profiles", page.stream().map(View::of).toList());
        body.put("next_after", found.size() > most ? page.getLast().iccid() : null);
        return Reply.json(200, body);
    }

    private static String parameter(
            Map<String, String> query,
            String name,
            String otherwise,
            Predicate<String> accepts,
            List<Problem.Violation> violations) {
        String value = query.getOrDefault(name, "");
        if (!value.isEmpty() && !accepts.test(value)) {
            violations.add(new Problem.Violation("?" + name, name + " has no value that is known: \"" + value + "\""));
        }
        return value.isEmpty() ? otherwise : value;
    }

    private Answer putOne(Request request) {
        String iccid = iccid(request.variable("iccid"))
                .orElseThrow(() -> new ProblemException(400, "this is no ICCID with a valid check digit"));
        List<Problem.Violation> violations = new ArrayList<>();
        Fields fields = new Fields(Json.body(request), "", violations);
        Wanted wanted = read(fields, iccid);
        fields.refuseOthers().check();
        put(List.of(wanted));
        return profiles.read(stock -> stock.find(iccid))
                .map(profile -> Reply.json(200, View.of(profile)))
                .orElseThrow();
    }

    private Answer putList(Request request) {
        JsonNode body = Json.body(request);
        if (!body.isArray()) {
            throw new ProblemException(400, "expected a list of profiles, each with its iccid");
        }
        List<Problem.Violation> violations = new ArrayList<>();
        List<Wanted> wanted = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < body.size(); i++) {
            Fields fields = new Fields(body.get(i), "/" + i, violations);
            String text = fields.required("iccid", fields.text("iccid", Es2Request.ICCID), "");
            String iccid = iccid(text).orElse("");
            if (!text.isEmpty() && (iccid.isEmpty() || !seen.add(iccid))) {
                fields.violation("iccid", iccid.isEmpty() ? "has a wrong check digit" : "is in the list twice");
            }
            wanted.add(read(fields, iccid));
            fields.refuseOthers();
        }
        if (!violations.isEmpty()) {
            throw ProblemException.of(violations);
        }
        put(wanted);
        return Reply.json(200, Map.of("count", wanted.size()));
    }

    private static Wanted read(Fields fields, String iccid) {
        Optional<String> word = fields.word("state", ProfileState.words());
        ProfileState state = ProfileState.of(fields.required("state", word, ProfileState.AVAILABLE.word()));
        Optional<String> eid = fields.text("eid", Es2Request.EID);
        Optional<String> matching = fields.text("matching_id", Es2Request.MATCHING_ID);
        if (eid.isPresent() && !CheckDigits.eidHolds(eid.get())) {
            fields.violation("eid", "has wrong check digits: the number mod 97 is 1");
        }
        if (eid.isPresent() != (state == ProfileState.LINKED)
                && (state.isFree() || state == ProfileState.ALLOCATED || state == ProfileState.LINKED)) {
            fields.violation("eid", "belongs to a profile that is Linked or further, and is needed when it is Linked");
        }
        boolean confirmed = !state.isFree() && state != ProfileState.ALLOCATED && state != ProfileState.LINKED;
        if (matching.isPresent() != confirmed) {
            fields.violation("matching_id", "belongs to a profile that is Confirmed or further, and is needed there");
        }
        return new Wanted(iccid, state, eid, matching, fields.text("profile_type", Es2Request.PROFILE_TYPE));
    }

    private void put(List<Wanted> all) {
        profiles.put(stock -> {
            Map<String, String> matchingIds = new HashMap<>();
            List<Profile> changed = new ArrayList<>();
            for (Wanted wanted : all) {
                Optional<Profile> before = stock.find(wanted.iccid());
                String type = wanted.type()
                        .or(() -> before.map(Profile::profileType))
                        .orElseThrow(() -> new ProblemException(
                                400, "profile_type is missing, and " + wanted.iccid() + " is not in stock"));
                wanted.matching().filter(it -> !it.isEmpty()).ifPresent(matchingId -> {
                    String inList = matchingIds.putIfAbsent(matchingId, wanted.iccid());
                    String holder =
                            inList != null ? inList : stock.holderOf(matchingId).orElse(wanted.iccid());
                    if (!holder.equals(wanted.iccid())) {
                        throw new ProblemException(
                                409, "matching_id of " + wanted.iccid() + " is already used by " + holder);
                    }
                });
                changed.add(before.orElseGet(() -> Profile.fresh(wanted.iccid(), type))
                        .prepared(
                                wanted.state(),
                                wanted.eid().orElse(null),
                                wanted.matching().orElse(null),
                                type));
            }
            return changed;
        });
    }

    private Answer load(Request request) {
        Fields fields = Fields.of(Json.body(request));
        String type = fields.required("profile_type", fields.text("profile_type", Es2Request.PROFILE_TYPE), "-");
        String first = fields.required("first_body", fields.text("first_body", BODY), "0");
        int count = fields.required("count", fields.number("count", 1, LARGEST_STOCK), 1);
        fields.refuseOthers().check();
        StockRange wanted = new StockRange(type, first, count);
        if (Long.toString(wanted.end() - 1).length() > StockRange.BODY_DIGITS) {
            throw new ProblemException(400, "the range goes beyond 18 digits");
        }
        profiles.add(stock -> stock.missingOf(wanted)
                .orElseThrow(() -> new ProblemException(
                        409, "a part of these ICCIDs is in stock with another type than " + type)));
        return stock(201);
    }

    private Answer stock(int status) {
        return profiles.read(stock -> {
            Map<String, Long> states = new LinkedHashMap<>();
            stock.counts().forEach((state, count) -> states.put(state.word(), count));
            return Reply.json(status, Map.of("ranges", List.copyOf(stock.ranges()), "states", states));
        });
    }

    private static Optional<String> iccid(String text) {
        return Optional.of(text)
                .filter(Es2Request.ICCID.asMatchPredicate())
                .map(Es2Request::unpadded)
                .filter(CheckDigits::luhnHolds);
    }
}
