package io.trunkline.box.demo;

import io.trunkline.usage.UsageItem;

/**
 * Something that a line did, not yet charged.
 *
 * @param name what its items' ids are made of: the same each time it is made up
 * @param to the country of the called number; empty where there is none
 * @param onNet between two lines of one organization
 */
record DemoEvent(DemoLine line, String name, UsageItem.Event event, String to, boolean onNet, boolean emergency) {}
