// Starts GraphiQL over this server's own endpoint, with the documents of the page as its tabs.
(function () {
  "use strict";
  const tabs = JSON.parse(document.getElementById("tabs").textContent);
  const fetcher = GraphiQL.createFetcher({ url: "graphql", enableIncrementalDelivery: false });
  const welcome = "# Ask the library; Ctrl+Space completes, the book on the left explains.\n{\n  __typename\n}\n";
  const options = { fetcher, defaultQuery: welcome, defaultEditorToolsVisibility: "variables" };
  if (tabs.length > 0) {
    options.defaultTabs = tabs;
  }
  // At the first visit GraphiQL takes the query of the first tab, but not its variables.
  let visited = true;
  try {
    visited = localStorage.getItem("graphiql:tabState") !== null;
  } catch {
    // A browser that keeps nothing opens the tabs afresh each time.
    visited = false;
  }
  if (!visited && tabs.length > 0) {
    options.variables = tabs[0].variables;
  }
  const root = ReactDOM.createRoot(document.getElementById("playground"));
  root.render(React.createElement(GraphiQL, options));
})();
