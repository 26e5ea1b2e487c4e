/** Where entities are contained: each type that is in no set learns its places, and a hidden property for the key of what is around. */

import type { Entity, Property } from "../ir/schema.ts";
import type { EntityDraft } from "./contract-entities.ts";

/** The entities with what their ids are made of. */
export function withIdentities(entities: readonly Entity[], drafts: readonly EntityDraft[]): readonly Entity[] {
  const parts = new Map(drafts.map((draft) => [draft.name, draft.parts]));
  return entities.map((entity) => {
    const own = parts.get(entity.name);
    if (own === undefined) return entity;
    const places = placesOf(entity, entities);
    if (places.length === 0) return { ...entity, identity: { parts: own } };
    const containments = places.map(({ parent, navigation, property }) => {
      return { parent, navigation, property: property.name };
    });
    const around = places.map(({ property }) => property);
    const [key, ...rest] = entity.properties;
    const properties = key === undefined ? around : [key, ...around, ...rest];
    return { ...entity, properties, identity: { parts: own, containments } };
  });
}

interface Place {
  readonly parent: string;
  readonly navigation: string;
  readonly property: Property;
}

function placesOf(entity: Entity, entities: readonly Entity[]): readonly Place[] {
  return entities.flatMap((parent) => {
    const key = parent.properties.find(({ name }) => name === parent.key);
    if (key === undefined) return [];
    const inside = parent.navigations.filter((each) => each.containsTarget && each.target === entity.name);
    return inside.map(({ name, span }) => ({
      parent: parent.name,
      navigation: name,
      property: {
        name: `$${parent.name}-${name}`,
        type: key.type,
        ...(key.precision !== undefined && { precision: key.precision }),
        ...(key.scale !== undefined && { scale: key.scale }),
        nullable: true,
        role: "part" as const,
        isHidden: true as const,
        isIndexed: true as const,
        span,
      },
    }));
  });
}
