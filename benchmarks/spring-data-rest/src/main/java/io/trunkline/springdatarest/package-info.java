/**
 * What a page and a read of the same tables cost with what comes out of the box: Spring Data REST over JPA, with the
 * token of each request verified, and Hibernate's tenant for the organization. It is tuned as far as its own settings
 * go: pages without a count of all rows, for each filter a query of its own.
 */
@NullMarked
package io.trunkline.springdatarest;

import org.jspecify.annotations.NullMarked;
