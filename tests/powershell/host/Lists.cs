// Rules about values: what the data literal may hold, and that a list is a list however many it holds.
#nullable enable
using System.Management.Automation.Language;

namespace Connplan.Bench;

internal readonly record struct SyntaxProblem(IScriptExtent Extent, string Message);

internal static partial class Syntax
{
    // $Plan = @{ ... }: constants, single-quoted texts, and every list in @(...).
    private static class DataRules
    {
        private static readonly HashSet<string> Lists = new(StringComparer.Ordinal)
        {
            "Connectors", "Properties", "SenderDomains", "SenderIPAddresses", "AssociatedAcceptedDomains", "EFSkipIPs", "EFUsers",
        };

        public static IEnumerable<SyntaxProblem> Check(ScriptBlockAst script)
        {
            foreach (AssignmentStatementAst data in script.EndBlock.Statements.OfType<AssignmentStatementAst>()
                .Where(statement => statement.Left.Extent.Text == "$Plan"))
            {
                foreach (Ast node in data.Right.FindAll(_ => true, searchNestedScriptBlocks: true))
                {
                    if (Problem(node) is string problem)
                        yield return new(node.Extent, "in the data: " + problem);
                }
            }
        }

        private static string? Problem(Ast node) => node switch
        {
            StringConstantExpressionAst { StringConstantType: StringConstantType.BareWord, Parent: HashtableAst table } key
                when table.KeyValuePairs.Any(pair => pair.Item1 == key) => null,
            StringConstantExpressionAst { StringConstantType: not StringConstantType.SingleQuoted } =>
                "a text that is not single-quoted",
            ArrayLiteralAst list when !IsWhole(list) => "a list outside @(...)",
            HashtableAst table => table.KeyValuePairs.Any(pair => IsList(table, pair.Item1) && !IsListOrNothing(pair.Item2))
                ? "a list outside @(...)" : null,
            _ => IsConstant(node) && node is not CommandAst and not CommandParameterAst ? null : "not a constant: " + node.Extent.Text,
        };

        private static bool IsWhole(Ast list) => list.Parent is CommandExpressionAst
        {
            Parent: PipelineAst { Parent: StatementBlockAst { Parent: ArrayExpressionAst, Statements.Count: 1 } },
        };

        // A key that always has a list, or Value beside the Name of such a property.
        private static bool IsList(HashtableAst table, ExpressionAst key)
        {
            string name = key.Extent.Text;
            if (name == "Value")
                name = table.KeyValuePairs.Where(pair => pair.Item1.Extent.Text == "Name")
                    .Select(pair => pair.Item2.Extent.Text.Trim('\'')).FirstOrDefault() ?? "";
            return Lists.Contains(name);
        }

        private static bool IsListOrNothing(StatementAst value) =>
            value is PipelineAst { PipelineElements: [CommandExpressionAst { Expression: ArrayExpressionAst or
                VariableExpressionAst { VariablePath.UserPath: "null" } }] };
    }

    // The result of a command is nothing, one thing or a list: who counts, indexes or walks it writes @(...).
    private static class ListRules
    {
        public static IEnumerable<SyntaxProblem> Check(ScriptBlockAst script)
        {
            HashSet<string> whole = script.FindAll(node => node is FunctionDefinitionAst function && GivesOneValue(function), true)
                .Select(node => ((FunctionDefinitionAst)node).Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (Ast node in script.FindAll(_ => true, searchNestedScriptBlocks: true))
            {
                if (node is AssignmentStatementAst { Left: VariableExpressionAst variable } assignment &&
                    IsCommand(assignment.Right, whole) && IsUsedAsList(Scope(assignment), variable.VariablePath.UserPath))
                    yield return new(node.Extent, "the result of a command is used as a list outside @(...)");
                if (node is MemberExpressionAst { Expression: ParenExpressionAst inner } member && IsCounting(member) &&
                    IsCommand(inner.Pipeline, whole))
                    yield return new(node.Extent, "the result of a command is counted outside @(...)");
                if (node is IndexExpressionAst { Target: ParenExpressionAst target } && IsCommand(target.Pipeline, whole))
                    yield return new(node.Extent, "the result of a command is indexed outside @(...)");
            }
        }

        // return , $list: one value, whatever it holds.
        private static bool GivesOneValue(FunctionDefinitionAst function) => function.Find(node => node is ReturnStatementAst
        {
            Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst { Expression: ArrayLiteralAst { Elements.Count: 1 } }] },
        }, searchNestedScriptBlocks: true) != null;

        private static bool IsCommand(Ast right, HashSet<string> whole) =>
            right is PipelineAst { PipelineElements: [.., CommandAst command] } && !whole.Contains(command.GetCommandName() ?? "");

        private static bool IsCounting(MemberExpressionAst member) =>
            member.Member is StringConstantExpressionAst { Value: "Count" };

        private static bool IsUsedAsList(Ast scope, string name) => scope.Find(node => node switch
        {
            MemberExpressionAst { Expression: VariableExpressionAst variable } member =>
                variable.VariablePath.UserPath == name && member.Member is StringConstantExpressionAst { Value: "Count" },
            IndexExpressionAst { Target: VariableExpressionAst variable, Index: ConstantExpressionAst and not StringConstantExpressionAst } =>
                variable.VariablePath.UserPath == name,
            ForEachStatementAst { Condition: PipelineAst { PipelineElements: [CommandExpressionAst { Expression: VariableExpressionAst variable }] } } =>
                variable.VariablePath.UserPath == name,
            _ => false,
        }, searchNestedScriptBlocks: true) != null;

        private static Ast Scope(Ast node)
        {
            while (node.Parent != null && node is not FunctionDefinitionAst)
                node = node.Parent;
            return node;
        }
    }
}
