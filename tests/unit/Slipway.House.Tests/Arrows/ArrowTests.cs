namespace Slipway.House.Arrows;

/// <summary>The picture of the rooms and the code agree: an arrow is drawn exactly where one compiles.</summary>
public sealed class ArrowTests
{
    private const string Document = "docs/architecture.md";

    [Fact]
    public void Every_project_refers_to_exactly_the_rooms_that_the_table_allows()
    {
        IReadOnlyDictionary<string, IReadOnlySet<string>> drawn = ArrowTable.Drawn(Repository.Read(Document));
        IReadOnlyDictionary<string, IReadOnlySet<string>> compiled = ArrowTable.Compiled();

        Assert.Equal(compiled.Keys.Order(), drawn.Keys.Order());
        foreach ((string room, IReadOnlySet<string> references) in compiled)
        {
            Assert.True(
                drawn[room].SetEquals(references),
                $"{room} compiles against [{string.Join(' ', references.Order())}], but {Document} allows [{string.Join(' ', drawn[room].Order())}]. " +
                "Take the reference away, or redraw the table with a note under docs/decisions.");
        }
    }

    [Fact]
    public void The_arrows_have_no_circle()
    {
        IReadOnlyDictionary<string, IReadOnlySet<string>> left = ArrowTable.Compiled();
        while (left.Count > 0)
        {
            string[] free = [.. left.Where(room => !room.Value.Any(left.ContainsKey)).Select(room => room.Key)];
            Assert.True(free.Length > 0, $"these rooms use each other in a circle: {string.Join(' ', left.Keys)}");
            left = left.Where(room => !free.Contains(room.Key)).ToDictionary();
        }
    }

    [Fact]
    public void Every_project_stands_in_the_solution_and_has_a_lock_file()
    {
        string solution = Repository.Read("Slipway.slnx");
        string[] projects = [.. Repository.Files("src", "*.csproj"), .. Repository.Files("tests", "*.csproj")];

        Assert.NotEmpty(projects);
        Assert.All(projects, project =>
        {
            Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal);
            string folder = Path.GetDirectoryName(project) ?? string.Empty;
            Assert.True(File.Exists(Path.Combine(Repository.Root, folder, "packages.lock.json")), $"{project} has no packages.lock.json");
        });
    }

    [Fact]
    public void A_row_that_allows_less_than_compiles_is_noticed()
    {
        string table = "| room | holds | uses |\n|---|---|---|\n| `Slipway.Data` | data | Content Linux |\n| `Slipway.Api` | wire | – |\n";

        IReadOnlyDictionary<string, IReadOnlySet<string>> drawn = ArrowTable.Drawn(table);

        Assert.Equal(["Slipway.Content", "Slipway.Linux"], drawn["Slipway.Data"].Order());
        Assert.Empty(drawn["Slipway.Api"]);
    }
}
