using System.Text;
using Slipway.Build.Contexts;
using Slipway.Build.Linting;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Dockerfiles;

/// <summary>Whatever a Dockerfile or a pattern holds, reading, planning and checking it ends in a result or in a fault that is told: never in another exception.</summary>
public sealed class ParserFuzzTests
{
    private static readonly string[] Pieces =
    [
        "FROM ", "from scratch", "FROM base AS a", "RUN ", "COPY ", "ADD ", "ENV ", "ARG ", "LABEL ", "ONBUILD ", "HEALTHCHECK ", "SHELL ", "CMD ", "WORKDIR ", "EXPOSE ",
        "VOLUME ", "USER ", "STOPSIGNAL ", "ENTRYPOINT ", "MAINTAINER ", "--mount=", "type=cache,", "type=secret,id=", "target=/t", "--from=a", "--chmod=u+x", "--chown=", "--parents",
        "--exclude=*.x", "--checksum=sha256:", "--interval=1s", "<<EOF", "<<-'E'", "\nEOF\n", "\nE\n", "\\\n", "\n", "\n\n", "# escape=`\n", "# syntax=x\n", "# check=skip=all\n", "#", "$", "${", "}", ":-",
        "x", "/a/b", "\"", "'", "[", "]", "[\"a\",\"b\"]", ",", "=", " ", "\t", "A=1", "$A", "${A:-b}", "${A#*}", "${A//a/b}", "80/tcp", "NONE", "é", "\0", "\uFFFD", "\r\n", "AS", "999999999999",
    ];

    [Theory]
    [InlineData(1, 4000)]
    [InlineData(2, 4000)]
    public void Any_text_is_read_or_refused(int seed, int rounds)
    {
        Random random = new(seed);
        Image image = new(Digest.Of("base"), Digest.Of("base"), new ImageConfig { OnBuild = ["RUN x"] }, []);
        int planned = 0;
        for (int round = 0; round < rounds; round++)
        {
            string text = Text(random);
            DockerfileResult result = DockerfileReader.Read(text, "Dockerfile");
            Assert.True(result.Dockerfile is not null || result.Faults.Length > 0, text);
            if (result.Dockerfile is not { } dockerfile)
            {
                continue;
            }

            _ = DockerfileLinter.Check(dockerfile, _ => null, []);
            try
            {
                PlanRequest request = new(new Dictionary<string, string> { ["A"] = "v" }, null, new Dictionary<string, string>(), "amd64", "2000-01-01T00:00:00Z");
                Dictionary<string, Image> images = Planner.FindMissingImages(dockerfile, request, new Dictionary<string, Image>()).Keys.ToDictionary(name => name, _ => image);
                Planner.Plan(dockerfile, request, images);
                planned++;
            }
            catch (SlipwayException fault) when (fault.Kind == ErrorKind.InvalidArgument)
            {
                Assert.Contains("Dockerfile:", fault.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(planned, 1, rounds);
    }

    [Theory]
    [InlineData(3, 5000)]
    public void Any_pattern_matches_or_is_refused(int seed, int rounds)
    {
        Random random = new(seed);
        const string Letters = "ab/*?[]^-!\\. ";
        for (int round = 0; round < rounds; round++)
        {
            string pattern = new([.. Enumerable.Range(0, random.Next(12)).Select(_ => Letters[random.Next(Letters.Length)])]);
            try
            {
                PathPattern.Excludes([PathPattern.Parse(pattern)], "a/b/ab");
            }
            catch (SlipwayException fault)
            {
                Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
            }

            GoGlob.Matches(pattern, "ab", out _);
        }
    }

    private static string Text(Random random)
    {
        StringBuilder text = new(random.Next(3) == 0 ? "" : "FROM base\n");
        for (int count = random.Next(14); count > 0; count--)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
        }

        return text.ToString();
    }
}
