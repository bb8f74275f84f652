/* The search page's further filters: those of the catalog, for those who open them. */
(() => {
  "use strict";
  const { Kebao } = window;

  /** The catalog's facets that an index of the search engine does not have yet, in its form. */
  Kebao.moreFacets = async ({ root, facets }) => {
    await Kebao.script("facets");
    const catalog = await Kebao.facets(), own = facets.map(({ id }) => id);
    // The numbers of the documents are those of one index only.
    if (catalog.id !== root.id) { throw Kebao.problem("stale", "facets"); }
    return catalog.facets.filter(({ id }) => !own.includes(id)).map(({ id, values, of, sets }) => ({
      id, of, values: values.map((value) => [value.id, value.label]), sets: sets.map((set) => set.map((place) => values[place].id))
    }));
  };
})();
