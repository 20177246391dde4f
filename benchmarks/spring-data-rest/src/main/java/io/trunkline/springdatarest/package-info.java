/**
 * What a page and a read of the same tables cost with what comes out of the box: Spring Data REST over JPA, with a token
 * verified for each request, and Hibernate's tenant for the organization. It is tuned as far as its own settings go:
 * pages without a count of all rows, a filter each a query of its own.
 */
@NullMarked
package io.trunkline.springdatarest;

import org.jspecify.annotations.NullMarked;
