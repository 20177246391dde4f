package io.trunkline.database;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A query that ends in a {@code WHERE} condition, to which filters are added as they are given. */
public final class Select {
    private final StringBuilder text;
    private final List<@Nullable Object> parameters = new ArrayList<>();

    public Select(String text, @Nullable Object... parameters) {
        this.text = new StringBuilder(text.strip());
        this.parameters.addAll(Arrays.asList(parameters));
    }

    public Select and(String condition, @Nullable Object... values) {
        return then("AND " + condition, values);
    }

    /** Adds the condition where the filter is given. */
    public Select andIf(String condition, Optional<?> value) {
        value.ifPresent(given -> and(condition, given));
        return this;
    }

    /** Adds that the column is among the rows of one of these queries, each of one column. */
    public Select andIn(String column, Select... queries) {
        String all = Arrays.stream(queries).map(Select::text).collect(Collectors.joining("\nUNION\n"));
        return and(
                column + " IN (\n" + all + ")",
                Arrays.stream(queries)
                        .flatMap(query -> query.parameters.stream())
                        .toArray());
    }

    /** Adds what comes after the conditions. */
    public Select then(String clause, @Nullable Object... values) {
        text.append('\n').append(clause);
        parameters.addAll(Arrays.asList(values));
        return this;
    }

    public String text() {
        return text.toString();
    }

    public @Nullable Object[] parameters() {
        return parameters.toArray();
    }
}
