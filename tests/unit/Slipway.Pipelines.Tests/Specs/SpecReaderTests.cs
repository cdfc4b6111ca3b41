using Slipway.Content;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Tests.Specs;

public sealed class SpecReaderTests
{
    private const string Full = """
        {
          "pipeline": {"name": "train", "project": "iris"},
          "description": "trains a model",
          "transform": {
            "image": "iris/train:v1",
            "cmd": ["python3", "/code/train.py"],
            "stdin": ["a", "b"],
            "env": {"SEED": "1", "ALPHA": 0.5},
            "user": "1000",
            "working_dir": "/code",
            "accept_return_code": ["3", 2],
            "err_cmd": ["true"],
            "err_stdin": ["x"]
          },
          "input": {"cross": [
            {"atom": {"repo": "training", "glob": "/"}},
            {"union": [
              {"pfs": {"repo": "a", "branch": "dev", "glob": "/*", "name": "in", "empty_files": "true"}},
              {"pfs": {"repo": "b", "project": "other", "glob": "/*/*", "name": "in", "lazy": true}}
            ]}
          ]},
          "parallelism_spec": {"constant": "4"},
          "datum_tries": "5",
          "datum_timeout": "1h2m3.5s",
          "job_timeout": "90m",
          "resource_limits": {"memory": "512Mi", "cpu": "500m"},
          "resource_requests": {"memory": "64M", "cpu": 1},
          "reprocess_spec": "every_job",
          "output_branch": "main",
          "update": true,
          "reprocess": "true"
        }
        """;

    [Fact]
    public void Every_field_is_read()
    {
        PipelineSpec spec = Assert.Single(SpecReader.Read(Full, "train.json"));

        Assert.Equal("iris/train", spec.Name.ToString());
        Assert.Equal("trains a model", spec.Description);
        Assert.Equal("iris/train:v1", spec.Transform.Image);
        Assert.Equal(["python3", "/code/train.py"], spec.Transform.Command.AsEnumerable());
        Assert.Equal(["a", "b"], spec.Transform.Stdin.AsEnumerable());
        Assert.Equal(["SEED=1", "ALPHA=0.5"], spec.Transform.Environment.Select(v => v.ToString()));
        Assert.Equal(("1000", "/code"), (spec.Transform.User, spec.Transform.WorkingDirectory));
        Assert.Equal([2, 3], spec.Transform.AcceptReturnCodes.AsEnumerable());
        Assert.Equal(["true"], spec.Transform.ErrorCommand.AsEnumerable());
        Assert.Equal(["x"], spec.Transform.ErrorStdin.AsEnumerable());
        Assert.Equal(
            ["training iris/training@master:/ False", "in iris/a@dev:/* True", "in other/b@master:/*/* False"],
            spec.Input.Leaves().Select(l => $"{l.Name} {l.Repo}@{l.Branch}:{l.Glob} {l.EmptyFiles}"));
        Assert.IsType<CrossInput>(spec.Input);
        Assert.Equal(4, spec.Parallelism.Workers(2));
        Assert.Equal(5, spec.DatumTries);
        Assert.Equal(new TimeSpan(0, 1, 2, 3, 500), spec.DatumTimeout);
        Assert.Equal(TimeSpan.FromMinutes(90), spec.JobTimeout);
        Assert.Equal(new LimitsSpec(512L << 20, 0.5), spec.Limits);
        Assert.Equal(ReprocessSpec.EveryJob, spec.Reprocess);
        Assert.Equal("main", spec.OutputBranch.ToString());
        Assert.True(spec.Update && spec.ReprocessNow);
        Assert.Collection(
            spec.Warnings,
            lazy => Assert.StartsWith("train.json:19:87: input.cross[1].union[1].pfs.lazy: has no effect", lazy, StringComparison.Ordinal),
            requests => Assert.Contains("resource_requests: has no effect", requests, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_written_canonically_reads_the_same()
    {
        PipelineSpec spec = SpecReader.Read(Full, "train.json")[0];
        string canonical = SpecWriter.Write(spec);
        PipelineSpec again = SpecReader.Read(canonical, "canonical.json")[0];

        Assert.Equal(canonical, SpecWriter.Write(again));
        Assert.Equal(SpecWriter.DigestOf(spec), SpecWriter.DigestOf(SpecReader.Read(SpecWriter.WriteIndented(spec), "indented.json")[0]));
    }

    [Fact]
    public void What_is_left_out_has_its_default_and_says_so_when_written()
    {
        PipelineSpec spec = Assert.Single(SpecReader.Read(
            """{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/*"}}}""", "p.json"));
        const string Written = """
            {"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"project":"default","repo":"r","branch":"master","glob":"/*","name":"r"}},
            "parallelism_spec":{"constant":1},"datum_tries":3,"reprocess_spec":"until_success","output_branch":"master"}
            """;
        Assert.Equal(Written.ReplaceLineEndings(""), SpecWriter.Write(spec));
    }

    [Fact]
    public void Json_one_after_another_a_list_and_yaml_documents_are_the_same_specs()
    {
        static string One(string name) => $$$$"""{"pipeline":{"name":"{{{{name}}}}"},"transform":{"image":"i","cmd":["c"]},"input":{"pfs":{"repo":"r","glob":"/"}}}""";
        string yaml = """
            # two stages
            pipeline: {name: a}
            transform: &stage
              image: i
              cmd: [c]
            input:
              pfs:
                repo: r
                glob: "/"
            ---
            pipeline:
              name: b
            transform: {image: i, cmd: ["c"]}
            input: {pfs: {repo: r, glob: /}}
            ...
            """;
        string[] expected = [.. SpecReader.Read(One("a") + "\n" + One("b"), "x.json").Select(SpecWriter.Write)];

        Assert.Equal(2, expected.Length);
        Assert.Equal(expected, SpecReader.Read($"[{One("a")},{One("b")}]", "x.json").Select(SpecWriter.Write));
        Assert.Equal(expected, SpecReader.Read(yaml, "x.yaml").Select(SpecWriter.Write));
        Assert.Equal(expected, SpecReader.Read(yaml, "x").Select(SpecWriter.Write));
    }

    [Fact]
    public void Camel_case_is_read_as_well()
    {
        PipelineSpec spec = Assert.Single(SpecReader.Read(
            """
            {"pipeline":{"name":"p"},"transform":{"image":"i","workingDir":"/w","acceptReturnCode":[4]},
             "input":{"pfs":{"repo":"r","glob":"/*","emptyFiles":true}},"datumTries":2,"parallelismSpec":{"coefficient":0.5}}
            """, "p.json"));
        Assert.Equal(("/w", 2, 4), (spec.Transform.WorkingDirectory, spec.DatumTries, spec.Parallelism.Workers(8)));
    }

    [Fact]
    public void Every_fault_is_reported_at_once_with_its_place_its_field_and_its_line()
    {
        SlipwayException error = Refused(
            """
            {
              "pipeline": {"name": "p"},
              "transform": {"image": "i", "cmd": "python3 x.py", "evn": {}},
              "input": {"pfs": {"repo": "r", "glob": "/[.c", "brnach": "dev"}},
              "datum_tries": "many",
              "egress": {"url": "s3://x"}
            }
            """);

        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains("spec.json:3:38: transform.cmd: expected a list of texts", error.Message, StringComparison.Ordinal);
        Assert.Contains("spec.json:3:54: transform.evn: unknown field; did you mean 'env'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("spec.json:4:42: input.pfs.glob: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("input.pfs.brnach: unknown field; did you mean 'branch'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("spec.json:5:18: datum_tries: expected a whole number, found the text 'many'", error.Message, StringComparison.Ordinal);
        Assert.Contains("spec.json:6:3: egress: Slipway does not support this field of Pachyderm's yet", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n    5 |   \"datum_tries\": \"many\",\n      |                  ^\n", error.Message, StringComparison.Ordinal);
        Assert.Contains("6 faults", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}}}""", "pipeline: missing")]
    [InlineData("""{"pipeline":{"name":"p"},"input":{"pfs":{"repo":"r","glob":"/"}}}""", "transform: missing")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"}}""", "input: missing")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":null},"input":{"pfs":{"repo":"r","glob":"/"}}}""", "transform.image: missing")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r"}}}""", "input.pfs.glob: missing")]
    [InlineData("""{"pipeline":{"name":"a b"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}}}""", "pipeline.name: the text 'a b' is no name")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/","name":"out"}}}""", "'out' is where the stage writes")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"},"cross":[]}}""", "needs exactly one of pfs, cross and union, found pfs and cross")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"join":[]}}""", "input.join: Slipway does not support")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"union":[]}}""", "needs at least one input")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"cross":[{"pfs":{"repo":"r","glob":"/"}},{"pfs":{"repo":"r","glob":"/*"}}]}}""", "input.cross[1]: the input name 'r' is used twice")]
    [InlineData("""{"pipeline":{"name":"p","name":"q"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}}}""", "pipeline.name: written twice; the first stands in line 1")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i","env":[{"name":"A"},{"name":"A","value":"x"}]},"input":{"pfs":{"repo":"r","glob":"/"}}}""", "transform.env.A: this variable is set twice")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i","err_stdin":["x"]},"input":{"pfs":{"repo":"r","glob":"/"}}}""", "transform.err_stdin: needs err_cmd")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":true},"input":{"pfs":{"repo":"r","glob":"/"}}}""", "transform.image: expected a text, found the boolean true")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}},"datum_timeout":"-5s"}""", "datum_timeout: '-5s' is not a duration")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}},"datum_tries":1.5}""", "datum_tries: expected a whole number")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}},"datum_tries":0}""", "datum_tries: must be from 1 to 1000")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}},"resource_limits":{"memory":"lots"}}""", "'lots' is not an amount of memory")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}},"resource_limits":{"gpu":1}}""", "resource_limits.gpu: Slipway does not support")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}},"parallelism_spec":{"constant":1,"coefficient":1}}""", "needs one of constant and coefficient")]
    [InlineData("""{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}},"reprocess_spec":"always"}""", "must be until_success or every_job")]
    [InlineData("""[1, "x"]""", "spec.json:1:2: expected an object with named fields, found the number 1")]
    [InlineData("", "holds no pipeline specification")]
    [InlineData("{", "spec.json:1:2: not valid JSON")]
    [InlineData("{\"pipeline\":\n  {\"name\": \"p\",}}", "spec.json:2:16: not valid JSON")]
    public void What_is_wrong_is_named(string text, string message) => Assert.Contains(message, Refused(text).Message, StringComparison.Ordinal);

    [Fact]
    public void The_same_pipeline_twice_in_a_file_is_refused()
    {
        const string Spec = """{"pipeline":{"name":"p"},"transform":{"image":"i"},"input":{"pfs":{"repo":"r","glob":"/"}}}""";
        Assert.Contains("spec.json:2:1: pipeline.name: 'p' is specified twice; the first stands in line 1", Refused($"{Spec}\n{Spec}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_count_characters_not_bytes()
    {
        SlipwayException error = Refused("""{"description": "größe 🚢", "x": 1}""");
        Assert.Contains("spec.json:1:29: x: unknown field", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_yaml_bomb_and_a_deep_file_are_refused_in_no_time()
    {
        string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.Contains("once its aliases are followed", Refused(bomb, "x.yaml").Message, StringComparison.Ordinal);
        Assert.Contains("nested more than 64 deep", Refused(new string('[', 5000), "x.yaml").Message, StringComparison.Ordinal);
        Assert.Contains("not valid JSON", Refused(new string('[', 5000)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_faults_have_their_place_too()
    {
        SlipwayException error = Refused("pipeline:\n  name: p\ntransform:\n  image: i\n  comand: [x]\ninput:\n  pfs: {repo: r, glob: /}\n", "spec.yaml");
        Assert.StartsWith("spec.yaml:5:3: transform.comand: unknown field; did you mean 'cmd'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("spec.yaml:1:", Refused("a: [", "spec.yaml").Message.Replace("spec.yaml:2:", "spec.yaml:1:", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("has no anchor", Refused("a: *b", "spec.yaml").Message, StringComparison.Ordinal);
    }

    private static SlipwayException Refused(string text, string fileName = "spec.json") =>
        Assert.Throws<SlipwayException>(() => { SpecReader.Read(text, fileName); });
}
