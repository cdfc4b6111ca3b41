using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Tests.Specs;

/// <summary>Whatever a file holds, reading it ends in records or in an InvalidArgument with a place; a record written and read is the same.</summary>
public sealed class SpecFuzzTests
{
    private static readonly string[] Seeds =
    [
        """{"pipeline":{"name":"p"},"transform":{"image":"i","cmd":["a"],"env":{"A":"b"}},"input":{"cross":[{"pfs":{"repo":"r","glob":"/*"}},{"pfs":{"repo":"s","glob":"/"}}]},"datum_tries":"3","datum_timeout":"1m30s","resource_limits":{"memory":"1Gi","cpu":2}}""",
        "pipeline: {name: p}\ntransform: &t\n  image: i\n  stdin: |\n    one\n    two\ninput:\n  union:\n  - pfs: {repo: r, glob: '/*'}\n  - pfs: {repo: s, glob: \"/\"}\n---\n- 1\n- *t\n",
        "project: x\nrepos: {a: b, c: }\ndata:\n- {to: a@master:/f, from: f}\nstages:\n  s:\n    build: s\n    input: {a: /*, c: /}\n    cmd: [x]\n",
    ];

    private static readonly string[] Splices =
    [
        "{", "}", "[", "]", ",", ":", "\"", "'", "\n", "- ", "&a ", "*a", "!!str ", "|", ">", "#", "\\u0000", "\\ud800", "null", "1e999", "-0", "%", "@", "`", "? ", "<<: *t",
        "---\n", "...\n", "\t", "\0", "\uD83D", "ÿ", "🚢", "9999999999999999999999", "/**/", "\r", "\u2028", "!<", "&", "%YAML 9.9\n",
    ];

    [Theory]
    [InlineData("x.json")]
    [InlineData("x.yaml")]
    [InlineData("x")]
    public void Spliced_files_end_in_records_or_diagnostics(string fileName) => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue - 1)),
        seed => EndsWell(Mutated(new Random(seed)), fileName)).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    [Fact]
    public void Any_text_ends_in_records_or_diagnostics() => Prop.ForAll<string?>(
        text => EndsWell(text ?? "", "x.json") && EndsWell(text ?? "", "x.yaml")).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static bool EndsWell(string text, string fileName)
    {
        try
        {
            foreach (PipelineSpec spec in SpecReader.Read(text, fileName))
            {
                string written = SpecWriter.Write(spec);
                Assert.Equal(written, SpecWriter.Write(SpecReader.Read(written, "written.json")[0]));
            }
        }
        catch (SlipwayException error)
        {
            Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
            Assert.StartsWith(fileName + ":", error.Message, StringComparison.Ordinal);
        }

        try
        {
            Assert.NotNull(ProjectReader.Read(text, fileName));
        }
        catch (SlipwayException error)
        {
            Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
            Assert.StartsWith(fileName + ":", error.Message, StringComparison.Ordinal);
        }

        return true;
    }

    private static string Mutated(Random random)
    {
        var text = new StringBuilder(Seeds[random.Next(Seeds.Length)]);
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            int at = random.Next(text.Length + 1);
            switch (random.Next(3))
            {
                case 0:
                    text.Insert(at, Splices[random.Next(Splices.Length)]);
                    break;
                case 1:
                    text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                    break;
                default:
                    string all = text.ToString();
                    int from = random.Next(all.Length);
                    text.Insert(at, all.AsSpan(from, Math.Min(random.Next(1, 40), all.Length - from)));
                    break;
            }
        }

        return text.ToString();
    }
}
